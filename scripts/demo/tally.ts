import type { Result } from './charge.ts';

export type Sum = { count: number; amount: number };
export type Tally = {
  add: (result: Result) => void;
  /** By `currency country`, in the order of first appearance. */
  groups: ReadonlyMap<string, { charged: Sum; refunded: Sum; declined: Sum; refused: Sum; undecided: Sum }>;
  /** Why orders were declined and lines refused: `declined insufficient_funds` → how often. */
  reasons: ReadonlyMap<string, number>;
  /** Amount charged by payment id. */
  payments: ReadonlyMap<string, number>;
  replayed: () => number;
};

const none = (): Sum => ({ count: 0, amount: 0 });

/** Counts what became of the orders. */
export const tally = (): Tally => {
  const groups = new Map<string, { charged: Sum; refunded: Sum; declined: Sum; refused: Sum; undecided: Sum }>();
  const reasons = new Map<string, number>();
  const payments = new Map<string, number>();
  let replayed = 0;

  const add = (result: Result): void => {
    const { order, kind } = result;
    const name = `${order.currency} ${order.country ?? '–'}`;
    const group = groups.get(name) ?? { charged: none(), refunded: none(), declined: none(), refused: none(), undecided: none() };
    groups.set(name, group);
    group[kind].count += 1;
    group[kind].amount += order.amount;
    if (kind === 'declined' || kind === 'refused') reasons.set(`${kind}: ${result.code}`, (reasons.get(`${kind}: ${result.code}`) ?? 0) + 1);
    if (kind === 'charged') {
      payments.set(result.paymentId, result.amount);
      if (result.replayed) replayed += 1;
    }
    if (kind === 'declined' || kind === 'undecided') payments.set(result.paymentId, 0);
  };

  return { add, groups, reasons, payments, replayed: () => replayed };
};
