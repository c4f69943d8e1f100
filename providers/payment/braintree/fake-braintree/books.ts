import { randomBytes } from 'node:crypto';
import { settlementOf } from './scenarios.ts';

export type FakeTransaction = {
  id: string;
  type: 'sale' | 'credit';
  status: string;
  /** Minor units. */
  amount: number;
  currency: string;
  merchantAccountId: string;
  orderId: string | null;
  instrument: string;
  means: string;
  code: string;
  text: string;
  rejection: string | null;
  settlement: { code: string; text: string } | null;
  authorizedTransactionId: string | null;
  refundedTransactionId: string | null;
  createdAt: Date;
  history: { status: string; at: Date }[];
};

export type FakeDispute = { id: string; transactionId: string; status: string; kind: string; amount: number; currency: string };

const digitsOf = (currency: string): number => (currency === 'JPY' ? 0 : currency === 'KWD' ? 3 : 2);
export const inUnits = (amount: number, currency: string): number => amount / 10 ** digitsOf(currency);
export const written = (amount: number, currency: string): string => inUnits(amount, currency).toFixed(digitsOf(currency));

/** Undefined for what isn't in the format of the currency. */
export const readSum = (text: unknown, currency: string): number | undefined => {
  const digits = digitsOf(currency);
  const format = new RegExp(digits === 0 ? '^\\d+$' : `^\\d+\\.\\d{${digits}}$`);
  return typeof text === 'string' && format.test(text) ? Math.round(Number(text) * 10 ** digits) : undefined;
};

const dead: readonly string[] = ['processor_declined', 'gateway_rejected', 'failed', 'voided', 'settlement_declined'];
export const isLive = ({ status }: FakeTransaction): boolean => !dead.includes(status);

/** What the gateway remembers. `settlesAtOnce`: what is submitted settles the moment it is, instead of when it is told to. */
export const fakeBooks = ({ settlesAtOnce }: { settlesAtOnce: boolean }) => {
  const transactions = new Map<string, FakeTransaction>();
  const moved: { attempt: string; kind: string; amount: number }[] = [];
  const live = (is: (one: FakeTransaction) => boolean) => [...transactions.values()].filter((one) => isLive(one) && is(one));
  const stand = (transaction: FakeTransaction, status: string): void => {
    transaction.status = status;
    transaction.history.push({ status, at: new Date() });
  };
  const settle = (transaction: FakeTransaction): void => {
    const { status, ...settlement } = settlementOf(inUnits(transaction.amount, transaction.currency), transaction.instrument);
    transaction.settlement = settlement;
    stand(transaction, status);
  };
  return {
    transactions,
    /** What money did, by attempt, oldest first. */
    moved,
    stand,
    settle,
    submit: (transaction: FakeTransaction, kind: 'charge' | 'capture' | 'refund'): void => {
      moved.push({ attempt: attemptOf(transaction), kind, amount: transaction.amount });
      if (transaction.status !== 'submitted_for_settlement') stand(transaction, 'submitted_for_settlement');
      if (settlesAtOnce) settle(transaction);
    },
    hold: (transaction: FakeTransaction): void => void moved.push({ attempt: attemptOf(transaction), kind: 'authorization', amount: transaction.amount }),
    keep: (transaction: Omit<FakeTransaction, 'id' | 'createdAt' | 'history'>): FakeTransaction => {
      const first = [{ status: transaction.status, at: new Date() }];
      const kept = { ...transaction, id: randomBytes(4).toString('hex'), createdAt: new Date(), history: first };
      transactions.set(kept.id, kept);
      return kept;
    },
    partsOf: (id: string) => live((one) => one.authorizedTransactionId === id),
    creditsOf: (id: string) => live((one) => one.refundedTransactionId === id),
    live,
  };
};
export type FakeBooks = ReturnType<typeof fakeBooks>;

const attemptOf = ({ orderId }: FakeTransaction): string => orderId?.split('_')[1] ?? '';
