import type { DeclineCode } from '../../domain/payment/outcome.ts';
import { type Figures, noFigures, type PaymentFigures } from '../../projections/payment/payment-analytics.ts';

export const dimensions = ['provider', 'country', 'method'] as const;
export type Dimension = (typeof dimensions)[number];

/** Shares between 0 and 1; null where there is nothing to share. */
export type Rates = {
  /** Authorized of attempted. */
  authorizationRate: number | null;
  /** Paid of attempted. */
  successRate: number | null;
  /** Paid of created. */
  conversionRate: number | null;
  /** Refunds and disputes, of payments paid. */
  refundRate: number | null;
  disputeRate: number | null;
  /** Minor units captured for each payment that was paid, rounded. */
  averageTicket: number | null;
};

/** One row of an answer. Money can't be added across currencies, so each row has one. */
export type FiguresRow = { bucket: string | null; currency: string } & { [D in Dimension]?: string | null } & Figures &
  Rates & {
    /** Still unknown, of what became so in this time. */
    unresolved: number;
    declines: Partial<Record<DeclineCode, number>>;
  };

/** Adds up what belongs together: the same bucket (unless `total`), currency, and dimensions asked for. */
export const rowsOf = (documents: readonly PaymentFigures[], groupBy: readonly Dimension[], { total = false } = {}): FiguresRow[] => {
  const groups = new Map<
    string,
    { head: Pick<FiguresRow, 'bucket' | 'currency' | Dimension>; figures: Figures; declines: Partial<Record<DeclineCode, number>> }
  >();
  for (const document of documents) {
    const head = {
      bucket: total ? null : document.bucket,
      currency: document.currency,
      ...Object.fromEntries(groupBy.map((dimension) => [dimension, document[dimension]])),
    };
    const key = JSON.stringify(Object.values(head));
    const group = groups.get(key) ?? { head, figures: noFigures, declines: {} };
    groups.set(key, { head, figures: added(group.figures, document.figures), declines: added(group.declines, document.declines) });
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { head, figures, declines }]) => ({ ...head, ...figures, ...ratesOf(figures), unresolved: figures.unknown - figures.resolved, declines }));
};

const added = <T extends Partial<Record<string, number>>>(one: T, other: T): T => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).map(([name, value]) => [name, (one[name] ?? 0) + (value ?? 0)])),
});

const ratesOf = ({ created, attempted, authorized, succeeded, refunded, disputed, capturedVolume }: Figures): Rates => ({
  authorizationRate: share(authorized, attempted),
  successRate: share(succeeded, attempted),
  conversionRate: share(succeeded, created),
  refundRate: share(refunded, succeeded),
  disputeRate: share(disputed, succeeded),
  averageTicket: succeeded === 0 ? null : Math.round(capturedVolume / succeeded),
});

const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000);
