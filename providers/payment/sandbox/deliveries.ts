import type { Pool } from '../../../platform/postgres/postgres.ts';
import { sign, signatureHeader } from './signature.ts';
import { webhooks } from './tables.ts';

export type DeliverySettings = {
  pool: Pool;
  secret: string;
  /** Where the webhooks go; asked at each delivery, because a port may only be known late. */
  url: (sandbox: string) => string;
  onFailure: (error: unknown) => void;
};

/** Somebody may owe webhooks in another process: looked for this often, in milliseconds. */
const lookMs = 5_000;
/** Before who took a webhook is thought dead, in milliseconds; also how soon a failed one is tried again. */
const leaseMs = 10_000;
const atOnce = 50;

// Taking a webhook only puts it off: it is removed once it was answered with 2xx, so that no crash loses it.
const takeText = `
  update ${webhooks} set due_at = now() + least(tries + 1, 6) * interval '${leaseMs} milliseconds', tries = tries + 1
  where id in (select id from ${webhooks} where due_at <= now() order by due_at, id limit ${atOnce} for update skip locked)
  returning id, body, sandbox`;
const waitText = `select extract(epoch from min(due_at) - now()) * 1000 as ms from ${webhooks}`;

type Taken = { id: string; body: string; sandbox: string };

export type Deliveries = { wake: () => void; stop: () => Promise<void> };

/** Posts what the sandbox owes, when it is due, until it is answered. Any number of processes may run it. */
export const deliverWebhooks = ({ pool, secret, url, onFailure }: DeliverySettings): Deliveries => {
  let stopped = false;
  let woken = Promise.withResolvers<void>();
  const post = async ({ id, body, sandbox }: Taken): Promise<void> => {
    const answer = await fetch(url(sandbox), {
      method: 'POST',
      headers: { 'content-type': 'application/json', [signatureHeader]: sign(secret, body) },
      body,
      signal: AbortSignal.timeout(leaseMs / 2),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`a sandbox webhook was answered with ${answer.status}; it will be sent again`);
    await pool.query(`delete from ${webhooks} where id = $1`, [id]);
  };

  const round = async (): Promise<number> => {
    const { rows } = await pool.query<Taken>(takeText);
    for (const result of await Promise.allSettled(rows.map(post))) if (result.status === 'rejected') onFailure(result.reason);
    const next = await pool.query<{ ms: string | null }>(waitText);
    return Math.min(Math.max(Number(next.rows[0]?.ms ?? lookMs), 0), lookMs);
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      const waitMs = await round().catch((error: unknown) => {
        onFailure(error);
        return lookMs;
      });
      const timer = setTimeout(() => woken.resolve(), waitMs);
      await woken.promise;
      clearTimeout(timer);
      woken = Promise.withResolvers();
    }
  };
  const running = run();

  return {
    wake: () => woken.resolve(),
    stop: async () => {
      stopped = true;
      woken.resolve();
      await running;
    },
  };
};
