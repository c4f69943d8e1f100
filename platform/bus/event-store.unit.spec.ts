import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/support/memory-log.ts';
import { beforeAll as nowhere, type Position } from '../event-store/event-store.ts';
import type { PublicEvent } from './bus.ts';
import { eventStoreBus } from './event-store.ts';

const log = pino({ level: 'silent' });

const setUp = () => {
  const memory = memoryLog();
  const saved = new Map<string, Position>();
  const checkpoints = {
    load: async (name: string) => saved.get(name) ?? nowhere,
    save: async (name: string, position: Position) => void saved.set(name, position),
  };
  const bus = eventStoreBus({
    tail: memory.tail,
    checkpoints,
    types: ['Paid', 'Refunded'],
    log,
    toPublic: async ({ id, type, streamId, at }) =>
      streamId === 'secret'
        ? undefined
        : {
            specversion: '1.0',
            id,
            source: 'test',
            type: `payment.${type.toLowerCase()}`,
            subject: streamId,
            time: at,
            datacontenttype: 'application/json',
            data: {},
          },
  });
  return { memory, saved, bus };
};
const short = ({ type, subject }: PublicEvent): string => `${subject} ${type}`;

describe('the bus on the log', () => {
  it('tells each consumer the public events it wants, in order within a subject, and goes on from there after a restart', async () => {
    const { memory, bus } = setUp();
    const got: string[] = [];
    memory.append('payment-1', { type: 'Paid', data: {} });
    memory.append('payment-1', { type: 'Private', data: {} });
    memory.append('payment-secret', { type: 'Paid', data: {} });
    const first = await bus.consume('receipts', ['payment.paid', 'payment.refunded'], async (event) => void got.push(short(event)));
    memory.append('payment-1', { type: 'Refunded', data: {} });
    await expect.poll(() => got).toEqual(['1 payment.paid', '1 payment.refunded']);
    await first.stop();
    memory.append('payment-2', { type: 'Refunded', data: {} });
    memory.append('payment-2', { type: 'Paid', data: {} });
    const second = await bus.consume('receipts', ['payment.paid'], async (event) => void got.push(short(event)));
    const other = await bus.consume('reports', ['payment.refunded'], async (event) => void got.push(`report ${short(event)}`));
    await expect.poll(() => got.slice(2).toSorted()).toEqual(['2 payment.paid', 'report 1 payment.refunded', 'report 2 payment.refunded']);
    await second.stop();
    await other.stop();
  });

  it('tries again what the handler throws, holds back what follows of that subject, and does not repeat the rest', async () => {
    const { memory, bus, saved } = setUp();
    const got: string[] = [];
    let failures = 3;
    for (const [id, type] of [
      ['1', 'Paid'],
      ['2', 'Paid'],
      ['1', 'Refunded'],
    ] as const)
      memory.append(`payment-${id}`, { type, data: {} });
    const consumer = await bus.consume('receipts', ['payment.paid', 'payment.refunded'], async (event) => {
      if (short(event) === '1 payment.paid' && failures-- > 0) throw new Error('not now');
      got.push(short(event));
    });
    await expect.poll(() => got).toHaveLength(3);
    expect(got).toEqual(['2 payment.paid', '1 payment.paid', '1 payment.refunded']);
    await consumer.stop();
    expect(saved.get('bus receipts')).toBe(memory.head());
  });
});
