import type { AttemptOutcome, DeclineCode, DisputeNotice, OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { ChargeRequest, Notice, OperationKind, OperationRequest } from '../../../providers/payment/provider.ts';

// What a simulated provider believes has happened. It knows nothing of our code, keeps idempotency keys as real ones do, and tells what
// changes by webhook.

/** How a charge goes, by its token. `asks`: the customer has to approve; `late`: pending first. */
export const fates = ['succeeds', 'soft', 'hard', 'asks', 'late', 'late_declined'] as const;
export type Fate = (typeof fates)[number];

export type Charge = {
  reference: string;
  paymentId: string;
  amount: number;
  capture: boolean;
  fate: Fate;
  status: 'pending' | 'requires_action' | 'authorized' | 'captured' | 'declined' | 'reversed';
  code: DeclineCode;
  /** The customer has approved it, where they had to. */
  approved: boolean;
  captured: number;
  /** Of captures of an authorization that came back: they have used it up all the same. */
  undone: number;
  released: boolean;
  refunded: number;
  disputed: number;
  expiresAt: number;
  at: number;
  /** How often it was carried out. */
  times: number;
};
export type Operation = {
  reference: string;
  kind: OperationKind;
  parent: string;
  amount: number;
  status: 'pending' | 'succeeded' | 'failed' | 'reversed';
  at: number;
  times: number;
};

type Settings = {
  name: string;
  captures: 'one' | 'many';
  /** Where it is false, an approved charge waits until it is resumed. */
  confirmsItself: boolean;
  now: () => number;
  notify: (notice: Notice) => void;
  /** Whether a refund is decided later. */
  late: () => boolean;
};

/** How long the provider knows a key again, in milliseconds: as short as the worst of them, and longer than a request may be on its way. */
const keysMs = 5 * 60_000;
const week = 7 * 86_400_000;
const currency = 'GBP';

export type Books = ReturnType<typeof openBooks>;

export const openBooks = ({ name, captures, confirmsItself, now, notify, late }: Settings) => {
  const charges = new Map<string, Charge>();
  const operations = new Map<string, Operation>();

  const tell = (charge: Charge): void => notify({ about: 'attempt', paymentId: charge.paymentId, attemptId: charge.reference, outcome: standing(charge) });

  const standing = ({ reference, amount, status, code, expiresAt }: Charge): AttemptOutcome => {
    const providerReference = `${name}-${reference}`;
    switch (status) {
      case 'pending':
        return { status: 'pending', providerReference };
      case 'requires_action':
        return { status: 'requires_action', providerReference, action: { type: 'redirect', url: 'https://bank.example' } };
      case 'authorized':
        return { status: 'authorized', providerReference, amount, currency, expiresAt: new Date(expiresAt).toISOString() };
      case 'captured':
        return { status: 'captured', providerReference, amount, currency };
      case 'reversed':
        return { status: 'reversed', providerReference, code: 'returned', message: 'It came back' };
      case 'declined':
        return { status: 'declined', code, providerCode: code, message: 'Declined', providerReference };
    }
  };

  const take = (charge: Charge): void => {
    charge.status = charge.capture ? 'captured' : 'authorized';
    charge.expiresAt = now() + week;
    if (charge.capture) charge.captured = charge.amount;
    tell(charge);
  };

  const decline = (charge: Charge, code: DeclineCode): void => {
    charge.status = 'declined';
    charge.code = code;
    tell(charge);
  };

  const first: Record<Fate, (charge: Charge) => void> = {
    succeeds: take,
    soft: (charge) => decline(charge, 'insufficient_funds'),
    hard: (charge) => decline(charge, 'stolen_card'),
    asks: (charge) => {
      charge.status = 'requires_action';
      tell(charge);
    },
    late: () => {},
    late_declined: () => {},
  };

  /** Its key forgotten, the same is done once more. */
  const again = <T>(known: { at: number; times: number }, answer: T): T => {
    if (now() - known.at > keysMs) known.times += 1;
    return answer;
  };

  const charge = ({ reference, paymentId, amount, capture, token }: ChargeRequest): AttemptOutcome => {
    const known = charges.get(reference);
    if (known) return again(known, standing(known));
    const fate = fateOf(token, name);
    const made: Charge = {
      ...{ reference, paymentId, amount, capture, fate, status: 'pending', code: 'generic', approved: false },
      ...{ captured: 0, undone: 0, released: false, refunded: 0, disputed: 0, expiresAt: 0, at: now(), times: 1 },
    };
    charges.set(reference, made);
    first[fate](made);
    return standing(made);
  };

  /** The customer is back, or so we say. */
  const resume = ({ reference }: ChargeRequest): AttemptOutcome => {
    const known = charges.get(reference);
    if (!known) return { status: 'not_sent', reason: 'no such charge', retriable: false };
    if (known.status === 'requires_action' && known.approved) take(known);
    return standing(known);
  };

  const isHeld = (charge: Charge): boolean => charge.status === 'authorized' && !charge.released && now() < charge.expiresAt;

  const carryOut: Record<OperationKind, (charge: Charge, request: OperationRequest) => boolean> = {
    capture: (charge, { amount, final }) => {
      if (!isHeld(charge) || amount > charge.amount - charge.captured - charge.undone) return false;
      charge.captured += amount;
      if (final || captures === 'one') charge.released = true;
      return true;
    },
    void: (charge) => {
      if (charge.status === 'requires_action') {
        decline(charge, 'canceled');
        return true;
      }
      if (!isHeld(charge) || charge.captured + charge.undone === charge.amount) return false;
      charge.released = true;
      return true;
    },
    refund: (charge, { amount }) => {
      if (amount > charge.captured - charge.refunded - charge.disputed) return false;
      charge.refunded += amount;
      return true;
    },
  };

  const outcomeOf = ({ reference, amount, status }: Operation): OperationOutcome => {
    const providerReference = `${name}-${reference}`;
    if (status === 'pending') return { status, providerReference };
    if (status === 'reversed') return { status, providerReference, code: 'returned', message: 'It came back' };
    return status === 'succeeded' ? { status, providerReference, amount, currency } : { status, code: 'refused', message: 'Refused' };
  };

  const decide = (operation: Operation, charge: Charge, request: OperationRequest): void => {
    operation.status = carryOut[operation.kind](charge, request) ? 'succeeded' : 'failed';
    notify({ about: operation.kind, paymentId: charge.paymentId, operationId: operation.reference, outcome: outcomeOf(operation) });
  };

  const undecided: (() => void)[] = [];
  let disputed = 0;
  const disputes: { due: number; close: () => void }[] = [];

  const operate = (kind: OperationKind, request: OperationRequest): OperationOutcome => {
    const known = operations.get(request.reference);
    if (known) return again(known, outcomeOf(known));
    const parent = charges.get(request.attemptId);
    if (!parent) return { status: 'not_sent', reason: 'no such charge', retriable: false };
    const made: Operation = { reference: request.reference, kind, parent: request.attemptId, amount: request.amount, status: 'pending', at: now(), times: 1 };
    operations.set(request.reference, made);
    if (kind === 'refund' && late()) undecided.push(() => decide(made, parent, request));
    else decide(made, parent, request);
    return outcomeOf(made);
  };

  const waiting = (): Charge | undefined => [...charges.values()].find(({ status }) => status === 'pending');

  return {
    name,
    charges: charges as ReadonlyMap<string, Charge>,
    operations: operations as ReadonlyMap<string, Operation>,
    charge,
    resume,
    operate,
    standing: (reference: string): AttemptOutcome | undefined => {
      const known = charges.get(reference);
      return known && standing(known);
    },
    operationStanding: (reference: string): OperationOutcome | undefined => {
      const known = operations.get(reference);
      return known && outcomeOf(known);
    },
    /** The customer approves or refuses what waits for them. */
    act: (approve: boolean): void => {
      const asked = [...charges.values()].find(({ status, approved }) => status === 'requires_action' && !approved);
      if (!asked) return;
      if (!approve) decline(asked, 'authentication_failed');
      else {
        asked.approved = true;
        if (confirmsItself) take(asked);
      }
    },
    hasPending: (): boolean => undecided.length > 0 || waiting() !== undefined,
    /** Decides one thing that it has let wait; false where there is none. */
    decideOne: (): boolean => {
      const next = undecided.shift();
      const pending = waiting();
      if (next) next();
      else if (pending?.fate === 'late') take(pending);
      else if (pending) decline(pending, 'issuer_unavailable');
      return next !== undefined || pending !== undefined;
    },
    /** The bank disputes a charge, takes the money back at once, and decides a week later. An inquiry takes nothing, and is over then. */
    dispute: (end: 'won' | 'lost' | 'inquiry'): void => {
      // What is disputed as soon as its refund has come back is more than there was until that is heard of: people are asked.
      const cameBack = new Set([...operations.values()].filter(({ kind, status }) => kind === 'refund' && status === 'reversed').map(({ parent }) => parent));
      const paid = [...charges.values()].find(({ reference, captured, refunded, disputed }) => !cameBack.has(reference) && captured > refunded + disputed);
      if (!paid) return;
      const amount = paid.captured - paid.refunded - paid.disputed;
      const about = { disputeId: `dispute-${paid.reference}-${++disputed}`, attemptId: paid.reference, amount, currency, reason: null };
      const tellOf = (change: DisputeNotice['change'], evidenceDueBy: string | null) =>
        notify({ about: 'dispute', paymentId: paid.paymentId, notice: { ...about, change, evidenceDueBy } });
      tellOf('inquiry', new Date(now() + week).toISOString());
      if (end === 'inquiry') {
        disputes.push({ due: now() + week, close: () => tellOf('inquiry_closed', null) });
        return;
      }
      paid.disputed += amount;
      tellOf('opened', new Date(now() + week).toISOString());
      disputes.push({
        due: now() + week,
        close: () => {
          if (end === 'won') paid.disputed -= amount;
          tellOf(end, null);
        },
      });
    },
    /** A refund or a capture that had been made comes back. */
    undo: (what: 'refund' | 'capture'): void => {
      const operation = [...operations.values()].find(({ kind, status }) => kind === what && status === 'succeeded');
      const parent = operation && charges.get(operation.parent);
      const paid = [...charges.values()].find(({ status }) => status === 'captured');
      if (operation && parent) {
        operation.status = 'reversed';
        if (what === 'refund') parent.refunded -= operation.amount;
        else {
          parent.captured -= operation.amount;
          parent.undone += operation.amount;
        }
        notify({ about: what, paymentId: parent.paymentId, operationId: operation.reference, outcome: outcomeOf(operation) });
      } else if (paid && what === 'capture') {
        paid.status = 'reversed';
        paid.captured = 0;
        tell(paid);
      }
    },
    /** When the bank decides next. */
    nextVerdict: (): number => Math.min(...disputes.map(({ due }) => due)),
    /** Decides what is due. */
    judge: (): void => {
      for (const one of disputes.splice(0)) {
        if (one.due > now()) disputes.push(one);
        else one.close();
      }
    },
  };
};

/** `soft/succeeds`: at the first provider, at the others. */
const fateOf = (token: string, name: string): Fate => {
  const [atFirst, elsewhere = atFirst] = token.split('/');
  const wanted = name === 'alpha' ? atFirst : elsewhere;
  return fates.find((fate) => fate === wanted) ?? 'hard';
};
