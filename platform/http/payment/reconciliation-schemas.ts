import { type Static, Type } from 'typebox';
import type { Reconciliation } from '../../../domain/payment/reconciliation.ts';
import { Currency, Instant, Uuid } from '../schemas.ts';
import { Nullable } from './schemas.ts';

// What the payment service answers of a reconciliation, when it is asked for and when it is looked up.

export const ReconciliationDay = Type.String({ format: 'date', description: 'A day in UTC: 2026-03-10' });
export const ReconciliationId = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9_-]{1,50}-\\d{4}-\\d{2}-\\d{2}$', description: 'Provider and day: `stripe-2026-03-10`' }),
});

const Sums = Type.Object({ captured: Type.Integer(), refunded: Type.Integer(), count: Type.Integer() }, { description: 'Minor units, and how many' });
const Movement = Nullable(Type.Object({ kind: Type.Enum(['capture', 'refund']), amount: Type.Integer(), currency: Currency, at: Instant }));

export const ReconciliationBody = Type.Object(
  {
    id: Type.String(),
    provider: Type.String(),
    day: ReconciliationDay,
    status: Type.Enum(['requested', 'completed']),
    run: Type.Integer({ minimum: 1, description: 'How often it was asked for' }),
    report: Nullable(
      Type.Object(
        {
          totals: Type.Array(Type.Object({ currency: Type.String(), ours: Sums, theirs: Sums })),
          findings: Type.Array(
            Type.Object({
              key: Type.String(),
              kind: Type.Enum(['missing', 'extra', 'different'], { description: 'Only in our books; only in the provider’s; in both, with other money' }),
              reference: Nullable(Type.String({ description: 'Our id of the capture or refund' })),
              providerReference: Nullable(Type.String()),
              paymentId: Nullable(Uuid),
              ours: Movement,
              theirs: Movement,
            }),
          ),
          findingsLeftOut: Type.Integer({ minimum: 0, description: 'More than can be listed' }),
        },
        { description: 'Of the last run that ended' },
      ),
    ),
  },
  { title: 'Reconciliation' },
);

export const reconciliationBody = (
  id: string,
  { provider, day, status, run, report }: Exclude<Reconciliation, { status: 'absent' }>,
): Static<typeof ReconciliationBody> => ({
  id,
  provider,
  day,
  status,
  run,
  report: report && { findingsLeftOut: report.findingsLeftOut, totals: [...report.totals], findings: [...report.findings] },
});
