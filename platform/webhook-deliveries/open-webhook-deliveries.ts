import { inBatches } from '../in-batches.ts';
import type { PersonalData } from '../personal-data/personal-data.ts';
import { migrate } from '../postgres/migrate.ts';
import type { Pool } from '../postgres/postgres.ts';
import { attemptsOf, getOne, listOf } from './looking-up.ts';
import { pruneBefore } from './pruning.ts';
import { openEvents, type SealedEvent, sealEvent } from './sealed-events.ts';
import { type Added, addAll, claimDue, endLane, healthOf, recordAttempt, recoverSince, redeliverOne, skipWaiting } from './sending.ts';
import { events, lanes, steps } from './tables.ts';
import type { WebhookDeliveries } from './webhook-deliveries.ts';

export const openWebhookDeliveries = async (pool: Pool, personalData: Pick<PersonalData, 'seal' | 'open'>): Promise<WebhookDeliveries> => {
  await migrate(pool, 'webhook_deliveries', steps);
  const write = inBatches(
    async (added: readonly Added[]) => {
      await addAll(pool, added);
      return added.map(() => true);
    },
    { atOnce: 1 },
  );
  return {
    add: async (event, deliveries) => {
      if (deliveries.length > 0) await write({ event: await sealEvent(personalData, event), deliveries });
    },
    claim: async (options) => {
      const claimed = await claimDue(pool, options);
      const opened = await openEvents(
        personalData,
        claimed.map(({ event }) => event),
      );
      return claimed.flatMap((one, n) => {
        const event = opened[n];
        return event ? [{ ...one, event }] : [];
      });
    },
    record: (delivery, attempt, verdict, pauseMs = 0) => recordAttempt(pool, { delivery, attempt, verdict, pauseMs }),
    skip: (endpointId, deliveryId) => skipWaiting(pool, endpointId, deliveryId),
    redeliver: (deliveryId, requestId) => redeliverOne(pool, deliveryId, requestId),
    recover: (endpointId, since, requestId) => recoverSince(pool, endpointId, since, requestId),
    end: (endpointId) => endLane(pool, endpointId),
    forgive: async (endpointId) => {
      await pool.query(`update ${lanes} set failing_since = null, failures = 0, paused_until = null where endpoint_id = $1`, [endpointId]);
    },
    get: (id) => getOne(pool, id),
    list: (query) => listOf(pool, query),
    attempts: (id) => attemptsOf(pool, id),
    event: async (eventId) => {
      const { rows } = await pool.query<SealedEvent>(`select id, type, time, data, sealed from ${events} where id = $1`, [eventId]);
      const [event] = await openEvents(personalData, rows);
      return event;
    },
    health: async (endpointId) =>
      healthOf((await pool.query(`select failing_since, failures, paused_until from ${lanes} where endpoint_id = $1`, [endpointId])).rows[0]),
    prune: (now = new Date()) => pruneBefore(pool, now),
  };
};
