import { inBatches } from '../../../platform/in-batches.ts';
import type { Pool } from '../../../platform/postgres/postgres.ts';
import type { OperationKind } from '../provider.ts';
import { ledgerSequence, operations, webhooks } from './tables.ts';

/** What the sandbox knows of one operation. Amounts in minor units. */
export type Entry = {
  reference: string;
  /** The name of the sandbox that it is at. */
  sandbox: string;
  kind: 'charge' | 'authorization' | OperationKind;
  paymentId: string;
  parent: string | null;
  amount: number;
  currency: string;
  status: 'succeeded' | 'declined' | 'requires_action' | 'failed';
  code: string | null;
  /** Of the charge that it is, or belongs to. */
  token: string | null;
  returnUrl: string | null;
  voided: boolean;
  /** It was done, and has come back. */
  undone: boolean;
};
/** `token`: only where the charge was made with it. */
export type Owed = { eventId: string; body: string; afterMs: number; token?: string };
export type NewCharge = Pick<Entry, 'reference' | 'sandbox' | 'kind' | 'paymentId' | 'amount' | 'currency' | 'status' | 'code' | 'token' | 'returnUrl'> & {
  owed: readonly Owed[];
  /** After which it comes back, in milliseconds. */
  undoneMs: number | null;
};
export type NewOperation = {
  reference: string;
  sandbox: string;
  kind: OperationKind;
  parent: string;
  paymentId: string;
  amount: number;
  currency: string;
  owed: readonly Owed[];
  /** After which it comes back, in milliseconds, where the charge was made with this token. */
  undone: { token: string; afterMs: number };
};
export type LedgerEntry = { id: string; reference: string; provider: string; kind: Entry['kind']; amount: number; currency: string; at: string };

export type Books = {
  /** Written once for its reference; the same again changes nothing and answers what stands there. */
  charge: (charge: NewCharge) => Promise<Entry>;
  operate: (operation: NewOperation) => Promise<Entry>;
  find: (reference: string) => Promise<Entry | undefined>;
  /** The customer's decision on a charge that waits for it; whatever it is, how the charge stands then. */
  confirm: (reference: string, approve: boolean, owed: readonly Owed[]) => Promise<Entry | undefined>;
  /** Of all sandboxes, unless one is named. Oldest first; `after` is the `next` of the page before. */
  ledger: (page: {
    limit: number;
    after?: string;
    reference?: string;
    sandbox?: string;
    from?: string;
    to?: string;
  }) => Promise<{ rows: LedgerEntry[]; next?: string }>;
};

/** The name that the sandbox gives an operation. */
export const sandboxReference = (reference: string): string => `sbx_${reference}`;

const columns = `reference, sandbox, kind, payment_id as "paymentId", parent, amount, currency, status, code, token, return_url as "returnUrl", voided, coalesce(undone_at <= now(), false) as undone`;
type Row = Omit<Entry, 'amount'> & { amount: string };
const entryOf = ({ amount, ...row }: Row): Entry => ({ ...row, amount: Number(amount) });

export const books = (pool: Pool, { owing }: { owing: () => void }): Books => {
  const written = inBatches((charges: readonly NewCharge[]) => writeCharges(pool, charges));
  const told = <T>(owed: readonly Owed[], result: T): T => {
    if (owed.length > 0) owing();
    return result;
  };
  return {
    charge: async (charge) => told(charge.owed, await written(charge)),
    operate: async (operation) => {
      const entry = await writeOperation(pool, operation);
      return told(
        operation.owed.filter(({ token }) => token === entry.token),
        entry,
      );
    },
    find: async (reference) => {
      const { rows } = await pool.query<Row>({ name: 'sandbox-find', text: `select ${columns} from ${operations} where reference = $1`, values: [reference] });
      return rows[0] && entryOf(rows[0]);
    },
    confirm: async (reference, approve, owed) => {
      const { rows } = await pool.query<Row>(confirmText, [reference, approve, JSON.stringify(owed)]);
      return told(owed, rows[0] && entryOf(rows[0]));
    },
    ledger: (page) => readLedger(pool, page),
  };
};

const owedInsert = (from: string): string =>
  `insert into ${webhooks} (sandbox, event_id, body, due_at)
   select sandbox, (o ->> 'eventId')::uuid, o ->> 'body', now() + (o ->> 'afterMs')::integer * interval '1 millisecond' from ${from}`;

// One round trip for a whole batch. What stood there before is read from the statement's snapshot, so no row comes twice.
const chargesText = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as g(reference uuid, sandbox text, kind text, "paymentId" uuid, amount bigint, currency text, status text, code text,
      token text, "returnUrl" text, owed jsonb, "undoneMs" integer)
  ), made as (
    insert into ${operations} as o (reference, sandbox, seq, kind, payment_id, amount, currency, status, code, token, return_url, undone_at, captured)
    select reference, sandbox, case when status = 'succeeded' then nextval('${ledgerSequence}') end, kind, "paymentId", amount, currency, status, code, token, "returnUrl",
      now() + "undoneMs" * interval '1 millisecond',
      case when status = 'succeeded' and kind = 'charge' then amount else 0 end
    from given
    on conflict (reference) do nothing
    returning o.*
  ), owed as (
    ${owedInsert('made join (select reference, owed from given) given using (reference) cross join lateral jsonb_array_elements(given.owed) as o')}
  )
  select ${columns} from made
  union all
  select ${columns} from ${operations} where reference in (select given.reference from given)`;

const writeCharges = async (pool: Pool, charges: readonly NewCharge[]): Promise<readonly Entry[]> => {
  const write = async () => {
    const { rows } = await pool.query<Row>({ name: 'sandbox-charges', text: chargesText, values: [JSON.stringify(charges)] });
    return new Map(rows.map((row) => [row.reference, entryOf(row)]));
  };
  let entries = await write();
  // Somebody wrote the same reference at this very moment: it is there by now.
  if (charges.some(({ reference }) => !entries.has(reference))) entries = await write();
  return charges.map(({ reference }) => {
    const entry = entries.get(reference);
    if (!entry) throw new Error(`the sandbox lost charge ${reference}`);
    return entry;
  });
};

// What the charge's row must allow, and what it then says.
const movements: Record<OperationKind, { allowed: string; set: string }> = {
  capture: {
    allowed: `p.kind = 'authorization' and p.status = 'succeeded' and not p.voided and p.captured + $5 <= p.amount`,
    set: 'captured = p.captured + $5',
  },
  void: {
    allowed: `(p.status = 'requires_action' or p.kind = 'authorization' and p.status = 'succeeded') and not p.voided and p.captured + $5 <= p.amount`,
    set: 'voided = true',
  },
  refund: {
    allowed: `p.refunded + $5 <= p.captured and p.token is distinct from 'tok_refund_fails'`,
    // What comes back takes up no room.
    set: `refunded = p.refunded + case when p.token = 'tok_refund_reversed' then 0 else $5 end`,
  },
};

const operationText = (kind: OperationKind): string => `
  with existing as (select * from ${operations} where reference = $1),
  moved as (
    update ${operations} p set ${movements[kind].set}
    where p.reference = $3 and p.sandbox = $8 and ${movements[kind].allowed} and p.currency = $6 and not exists (select from existing)
    returning p.token, p.status
  ), made as (
    insert into ${operations} (reference, sandbox, seq, kind, parent, payment_id, amount, currency, status, code, token, undone_at)
    select $1, $8, case when (select status from moved) = 'succeeded' then nextval('${ledgerSequence}') end, $2, $3, $4, $5, $6,
      case when exists (select from moved) then 'succeeded' else 'failed' end, case when exists (select from moved) then null else 'refused' end,
      (select token from ${operations} where reference = $3),
      (select now() + $10 * interval '1 millisecond' from moved where token = $9)
    where not exists (select from existing)
    returning *
  ), owed as (
    ${owedInsert(`made cross join lateral jsonb_array_elements($7::jsonb) as o where made.token = o ->> 'token' and made.status = 'succeeded'`)}
  )
  select ${columns} from made union all select ${columns} from existing`;

const uniqueViolation = '23505';

const writeOperation = async (pool: Pool, { reference, sandbox, kind, parent, paymentId, amount, currency, owed, undone }: NewOperation): Promise<Entry> => {
  const write = async () => {
    const { rows } = await pool.query<Row>({
      name: `sandbox-${kind}`,
      text: operationText(kind),
      values: [reference, kind, parent, paymentId, amount, currency, JSON.stringify(owed), sandbox, undone.token, undone.afterMs],
    });
    return rows[0];
  };
  // The same at this very moment: the loser's sums were undone with its statement, and the winner's entry is there by now.
  const row = await write().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === uniqueViolation) return write();
    throw error;
  });
  if (!row) throw new Error(`the sandbox lost ${kind} ${reference}`);
  return entryOf(row);
};

const confirmText = `
  with decided as (
    update ${operations} set status = case when $2 then 'succeeded' else 'declined' end, code = case when $2 then null else 'authentication_failed' end,
      seq = case when $2 then nextval('${ledgerSequence}') end, captured = case when $2 and kind = 'charge' then amount else 0 end, at = now()
    where reference = $1 and status = 'requires_action' and not voided
    returning *
  ), owed as (
    ${owedInsert('decided cross join lateral jsonb_array_elements($3::jsonb) as o')}
  )
  select ${columns} from decided
  union all
  select ${columns} from ${operations} where reference = $1 and not exists (select from decided)`;

const readLedger = async (
  pool: Pool,
  { limit, after = '0', reference, sandbox, from, to }: Parameters<Books['ledger']>[0],
): Promise<{ rows: LedgerEntry[]; next?: string }> => {
  const { rows } = await pool.query<{ seq: string; reference: string; sandbox: string; kind: Entry['kind']; amount: string; currency: string; at: Date }>(
    `select seq, reference, sandbox, kind, amount, currency, at from ${operations}
     where seq > $1 and (undone_at is null or undone_at > now()) and ($3::uuid is null or reference = $3 or parent = $3)
       and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
       and ($6::text is null or sandbox = $6) order by seq limit $2`,
    [after, limit + 1, reference ?? null, from ?? null, to ?? null, sandbox ?? null],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ reference, sandbox, kind, amount, currency, at }) => ({
      id: sandboxReference(reference),
      reference,
      provider: sandbox,
      kind,
      amount: Number(amount),
      currency,
      at: at.toISOString(),
    })),
    ...(rows.length > limit && last && { next: last.seq }),
  };
};
