import type { JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import { deadline, type Schedule } from './payment-jobs.ts';
import { context, type PaymentHandler } from './record.ts';

type DeadlineSettings = { payments: Pick<PaymentHandler, 'handle'>; jobs: Pick<Jobs, 'add'>; schedule: Schedule; now: () => Date };

/** Releases an authorization whose time is over. What is under way comes to its end first: it looks again, for ever. */
export const deadlineWorker =
  ({ payments, jobs, schedule, now }: DeadlineSettings): JobHandler =>
  async ({ data }) => {
    const { paymentId = '', id = '', expiresAt = '' } = data;
    const round = Number(data.round);
    const again = (leftMs: number) => jobs.add([deadline(data, round + 1, leftMs)]);
    const at = now();
    const leftMs = Date.parse(expiresAt) - at.getTime();
    if (leftMs > 0) return again(leftMs);
    const command = { type: 'Expire' as const, attemptId: id, voidId: v5('expiry', id), at: at.toISOString() };
    const handled = await payments.handle(paymentId, command, context(v5('expire', id), 'worker:payment', data));
    if (!('rejected' in handled)) return;
    if (handled.rejected !== 'payment_processing' && handled.rejected !== 'payment_in_doubt')
      throw new Error(`authorization ${id} of payment ${paymentId} is over and cannot be released: ${handled.rejected}`);
    await again(schedule[Math.min(round, schedule.length) - 1] ?? schedule[0]);
  };
