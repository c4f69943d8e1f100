import type { Logger } from 'pino';
import type { PaymentEventOf } from '../../domain/payment/events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Tail } from '../../platform/event-store/tail.ts';
import type { Checkpoints } from '../../platform/postgres/checkpoints.ts';
import { lazyCheckpoint } from '../../platform/postgres/lazy-checkpoint.ts';
import type { Velocity, VelocityEnd } from '../../platform/velocity/velocity.ts';

const types = ['AttemptDeclined', 'AttemptAuthorized', 'AttemptCaptured'] as const;
type Outcome = PaymentEventOf<(typeof types)[number]>;
const isOutcome = (event: Recorded): event is Recorded<Outcome> => types.some((type) => type === event.type);

/** How an attempt ended, for those who count failures and know cards by their successes. What was never sent is no failure of the card. */
export const endOf = (event: Recorded): readonly VelocityEnd[] =>
  isOutcome(event) ? [{ id: event.data.attemptId, failed: event.type === 'AttemptDeclined' }] : [];

export type RiskOutcomes = { tail: Tail; velocity: Pick<Velocity, 'ended'>; checkpoints: Pick<Checkpoints, 'load' | 'save'>; log: Pick<Logger, 'warn'> };

const name = 'risk outcomes';

/** Tells the counters how attempts ended, for as long as it runs. The same event again changes nothing. */
export const runRiskOutcomes = async ({ tail, velocity, checkpoints, log }: RiskOutcomes): Promise<{ stop: () => Promise<void> }> => {
  const checkpoint = lazyCheckpoint((position) => checkpoints.save(name, position), {
    onError: (err) => log.warn({ err }, 'the checkpoint of the outcomes for risk is not saved yet; it will be tried again'),
  });
  const following = await tail.follow({
    name,
    types,
    maxBatch: 500,
    after: () => checkpoints.load(name),
    take: async (events, upTo) => {
      await velocity.ended(events.flatMap(endOf));
      checkpoint.set(upTo);
    },
  });
  return {
    stop: async () => {
      await following.stop();
      await checkpoint.close();
    },
  };
};
