import { expect, it } from 'vitest';
import type { ClaimedDelivery, WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import { runDispatch } from './dispatch.ts';

const claimed = (id: string, endpointId = 'e1'): ClaimedDelivery => ({
  id,
  endpointId,
  once: false,
  tries: 0,
  claim: id,
  event: { id, type: 'payment.captured', time: '2026-03-01T12:00:00.000Z', data: {} },
});

/** A table of which nothing is due but what `due` holds, and what the log was told. */
const given = (...answers: (readonly ClaimedDelivery[] | Error)[]) => {
  const warned: string[] = [];
  const asked: Parameters<WebhookDeliveries['claim']>[0][] = [];
  return {
    warned,
    asked,
    log: { warn: (_: unknown, text?: string) => void warned.push(text ?? '') },
    deliveries: {
      claim: async (options: Parameters<WebhookDeliveries['claim']>[0]) => {
        asked.push({ ...options, busy: new Map(options.busy) });
        const answer = answers.shift() ?? [];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  };
};

it('goes on after the table could not be read, and after an end that could not be recorded', async () => {
  const { log, warned, deliveries } = given(new Error('PostgreSQL is away'), [claimed('d1'), claimed('d2')]);
  const sent: string[] = [];
  const send = async ({ id }: ClaimedDelivery) => {
    sent.push(id);
    if (id === 'd1') throw new Error('PostgreSQL is away');
  };
  const dispatch = runDispatch({ deliveries, send, log, pollMs: 5 });
  await expect.poll(() => sent).toEqual(['d1', 'd2']);
  await dispatch.stop();
  expect(warned).toEqual(['webhooks that are due cannot be read; they are looked for again', 'how a webhook ended is not recorded; it is tried again']);
});

it('says how busy each endpoint is, takes no more than it has room for, and finishes what it is at when it is stopped', async () => {
  const { log, asked, deliveries } = given([claimed('d1'), claimed('d2'), claimed('d3', 'e2')]);
  const gate = Promise.withResolvers<void>();
  const ended: string[] = [];
  const send = async ({ id }: ClaimedDelivery) => {
    await gate.promise;
    ended.push(id);
  };
  const dispatch = runDispatch({ deliveries, send, log, atOnce: 4, perEndpoint: 2, pollMs: 5 });
  await expect.poll(() => asked.length).toBeGreaterThan(1);
  expect(asked[1]).toMatchObject({
    room: 1,
    perEndpoint: 2,
    busy: new Map([
      ['e1', 2],
      ['e2', 1],
    ]),
  }); // prettier-ignore
  const stopped = dispatch.stop();
  gate.resolve();
  await stopped;
  expect(ended).toEqual(['d1', 'd2', 'd3']);
});

it('asks for nothing while there is no room, and again as soon as there is', async () => {
  const { log, asked, deliveries } = given([claimed('d1')], [claimed('d2')]);
  const gate = Promise.withResolvers<void>();
  const dispatch = runDispatch({ deliveries, send: () => gate.promise, log, atOnce: 1, pollMs: 5 });
  await expect.poll(() => asked.length).toBe(1);
  dispatch.wake();
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(asked.length).toBe(1);
  gate.resolve();
  await expect.poll(() => asked.length).toBeGreaterThan(1);
  expect(asked[1]?.busy.size).toBe(0);
  await dispatch.stop();
});
