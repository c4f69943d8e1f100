import { latencyQuantile } from '../../projections/payment/latency.ts';
import { declines, type FigureName, figureNames, noFigures } from '../../projections/payment/payment-figures.ts';
import { countIn, type Group, latenciesIn, type Sums } from './sums.ts';

export const dimensions = ['provider', 'country', 'method'] as const;
export type Dimension = (typeof dimensions)[number];

/** What a row is about. Money can't be added across currencies, so each row has one. */
export type Head = { bucket: string | null; currency: string } & { [D in Dimension]?: string | null };

/** Shares between 0 and 1; null where there is nothing to share. */
export type Rates = {
  /** Authorized of attempted. */
  authorizationRate: number | null;
  /** Paid of those that were to be paid. */
  successRate: number | null;
  /** Paid of created. */
  conversionRate: number | null;
  /** Refunds and disputes, of payments paid. */
  refundRate: number | null;
  disputeRate: number | null;
  /** Minor units captured for each payment that was paid, without surplus, rounded. */
  averageTicket: number | null;
};

/** From the start of an attempt to the provider's first answer, in milliseconds, at most 5 % off; null where nothing was measured. */
export type Latency = { measured: number; p50: number | null; p95: number | null; p99: number | null };

export type FiguresRow = Head &
  Record<FigureName, number> &
  Rates & {
    /** Attempts that came to nothing: declined, or never sent. */
    failed: number;
    /** Still unknown, of what became so in this time. */
    unresolved: number;
    latency: Latency;
    declines: Record<string, number>;
  };

export const rowOf = ({ head, sums }: Group<Head>): FiguresRow => ({
  ...head,
  ...countsIn(sums),
  failed: countIn(sums, 'declined') + countIn(sums, 'notSent'),
  unresolved: countIn(sums, 'unknown') - countIn(sums, 'resolved'),
  ...ratesOf(sums),
  latency: latencyOf(latenciesIn(sums)),
  declines: Object.fromEntries(declines.flatMap(([code, slot]) => (sums[slot] ? [[code, sums[slot]]] : []))),
});

// Its place in the list is a figure's slot.
const countsIn = (sums: Sums): Record<FigureName, number> => {
  const counts = { ...noFigures };
  for (const [slot, name] of figureNames.entries()) counts[name] = sums[slot] ?? 0;
  return counts;
};

const ratesOf = (sums: Sums): Rates => {
  const count = (name: FigureName): number => countIn(sums, name);
  return {
    authorizationRate: share(count('authorized'), count('attempted')),
    successRate: share(count('succeeded'), count('confirmed')),
    conversionRate: share(count('succeeded'), count('created')),
    refundRate: share(count('refunded'), count('succeeded')),
    disputeRate: share(count('disputed'), count('succeeded')),
    averageTicket: count('succeeded') === 0 ? null : Math.round((count('capturedVolume') - count('surplusVolume')) / count('succeeded')),
  };
};

const latencyOf = (counts: Sums): Latency => {
  const measured = counts.reduce((sum, count) => sum + count, 0);
  if (measured === 0) return { measured, p50: null, p95: null, p99: null };
  const quantile = (share: number): number | null => latencyQuantile(counts, measured, share);
  return { measured, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
};

const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000);
