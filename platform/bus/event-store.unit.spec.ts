import pino from 'pino';
import { expect, it } from 'vitest';
import { busContract, busParts, short } from './contract.ts';
import { eventStoreBus } from './event-store.ts';

const log = pino({ level: 'silent' });

busContract('the bus on the log', async (parts) => ({ bus: eventStoreBus({ ...parts, log }), close: async () => {} }));

it('goes on, for a consumer that it has not seen before, from the beginning of the log, and keeps where each one is', async () => {
  const parts = busParts();
  const bus = eventStoreBus({ ...parts, log });
  for (const id of ['1', '2']) parts.memory.append(`payment-${id}`, { type: 'Paid', data: {} });
  const got: string[] = [];
  const consumer = await bus.consume('receipts', ['payment.paid'], async (event) => void got.push(short(event)));
  await expect.poll(() => got.toSorted()).toEqual(['1 payment.paid', '2 payment.paid']);
  await consumer.stop();
  expect(parts.saved.get('bus receipts')).toBe(parts.memory.head());
});

it('hands nobody what can become nothing that they want', async () => {
  const parts = busParts();
  const asked: string[] = [];
  const toPublic: typeof parts.toPublic = (event) => {
    asked.push(event.type);
    return parts.toPublic(event);
  };
  const bus = eventStoreBus({ ...parts, toPublic, tells: { Paid: ['payment.paid'], Refunded: ['payment.refunded'] }, log });
  const got: string[] = [];
  const consumer = await bus.consume('refunds', ['payment.refunded'], async (event) => void got.push(short(event)));
  parts.memory.append('payment-1', { type: 'Paid', data: {} });
  parts.memory.append('payment-1', { type: 'Refunded', data: {} });
  await expect.poll(() => got).toEqual(['1 payment.refunded']);
  await consumer.stop();
  expect(asked).toEqual(['Refunded']);
});

it('makes nothing of events while nobody could want any, and does once somebody could', async () => {
  const parts = busParts();
  const made: string[] = [];
  const toPublic: typeof parts.toPublic = (event) => {
    made.push(event.streamId);
    return parts.toPublic(event);
  };
  const bus = eventStoreBus({ ...parts, toPublic, log });
  const got: string[] = [];
  let wanted = false;
  const nobodyUpTo = async () => !wanted;
  const consumer = await bus.consume('webhooks', ['payment.paid'], async (event) => void got.push(short(event)), { nobodyUpTo });
  const first = parts.memory.append('payment-1', { type: 'Paid', data: {} });
  await expect.poll(() => parts.saved.get('bus webhooks')).toBe(first.position);
  wanted = true;
  parts.memory.append('payment-2', { type: 'Paid', data: {} });
  await expect.poll(() => got).toEqual(['2 payment.paid']);
  await consumer.stop();
  expect(made).toEqual(['2']);
});
