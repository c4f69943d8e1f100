import { afterEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/support/memory-log.ts';
import { beforeAll as nowhere, type Position } from '../event-store/event-store.ts';
import type { Recorded } from '../event-store/recorded.ts';
import type { Bus, PublicEvent } from './bus.ts';

export type BusUnderTest = { bus: Bus; close: () => Promise<void> };
export type BusParts = {
  tail: ReturnType<typeof memoryLog>['tail'];
  checkpoints: { load: (name: string) => Promise<Position>; save: (name: string, position: Position) => Promise<void> };
  types: readonly string[];
  toPublic: (event: Recorded) => Promise<PublicEvent | undefined>;
};

/** What a log in memory holds, and which of it others may know. */
export const busParts = (): BusParts & { memory: ReturnType<typeof memoryLog>; saved: Map<string, Position> } => {
  const memory = memoryLog();
  const saved = new Map<string, Position>();
  return {
    memory,
    saved,
    tail: memory.tail,
    checkpoints: { load: async (name) => saved.get(name) ?? nowhere, save: async (name, position) => void saved.set(name, position) },
    types: ['Paid', 'Refunded'],
    toPublic: async ({ id, type, streamId, at, data }) =>
      streamId === 'secret'
        ? undefined
        : {
            specversion: '1.0',
            id,
            source: '/test',
            type: `payment.${type.toLowerCase()}`,
            subject: streamId,
            time: at,
            datacontenttype: 'application/json',
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
            data: { ...data },
          },
  };
};

export const short = ({ type, subject }: PublicEvent): string => `${subject} ${type}`;

/** The suite that every bus passes, from the log to the consumer. */
export const busContract = (name: string, open: (parts: BusParts) => Promise<BusUnderTest>): void => {
  describe(`${name} keeps the contract of a bus`, () => {
    const closing: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const close of closing.splice(0).toReversed()) await close();
    });
    const setUp = async () => {
      const parts = busParts();
      const { bus, close } = await open(parts);
      closing.push(close);
      const consume: Bus['consume'] = async (...consumer) => {
        const running = await bus.consume(...consumer);
        let stopped: Promise<void> | undefined;
        const stop = () => {
          stopped ??= running.stop();
          return stopped;
        };
        closing.push(stop);
        return { stop };
      };
      return { ...parts, consume };
    };

    it('tells each consumer the public events it wants, in order within a subject, and goes on from there after a restart', async () => {
      const { memory, consume } = await setUp();
      const got: string[] = [];
      const first = await consume('receipts', ['payment.paid', 'payment.refunded'], async (event) => void got.push(short(event)));
      const reports: string[] = [];
      await consume('reports', ['payment.refunded'], async (event) => void reports.push(short(event)));
      memory.append('payment-1', { type: 'Paid', data: {} });
      memory.append('payment-1', { type: 'Private', data: {} });
      memory.append('payment-secret', { type: 'Paid', data: {} });
      memory.append('payment-1', { type: 'Refunded', data: {} });
      await expect.poll(() => got).toEqual(['1 payment.paid', '1 payment.refunded']);
      await first.stop();
      memory.append('payment-2', { type: 'Paid', data: {} });
      memory.append('payment-2', { type: 'Refunded', data: {} });
      await expect.poll(() => reports).toEqual(['1 payment.refunded', '2 payment.refunded']);
      await consume('receipts', ['payment.paid', 'payment.refunded'], async (event) => void got.push(short(event)));
      await expect.poll(() => got.slice(2)).toEqual(['2 payment.paid', '2 payment.refunded']);
    });

    it('brings an event whole', async () => {
      const { memory, consume, toPublic } = await setUp();
      const got: PublicEvent[] = [];
      await consume('receipts', ['payment.paid'], async (event) => void got.push(event));
      const event = memory.append('payment-1', { type: 'Paid', data: { amount: 1, customer: { name: 'Ærø ☂' }, list: [null, 1.5, 'x'] } });
      await expect.poll(() => got).toEqual([await toPublic(event)]);
    });

    it('tries again what the handler throws, holds back what follows of that subject, and does not repeat the rest', async () => {
      const { memory, consume } = await setUp();
      const got: string[] = [];
      let failures = 3;
      await consume('receipts', ['payment.paid', 'payment.refunded'], async (event) => {
        if (short(event) === '1 payment.paid' && failures-- > 0) throw new Error('not now');
        got.push(short(event));
      });
      for (const [id, type] of [
        ['1', 'Paid'],
        ['2', 'Paid'],
        ['1', 'Refunded'],
      ] as const)
        memory.append(`payment-${id}`, { type, data: {} });
      await expect.poll(() => got).toHaveLength(3);
      expect(got).toEqual(['2 payment.paid', '1 payment.paid', '1 payment.refunded']);
    });

    it('loses nothing and keeps the order of each subject, however much there is', async () => {
      const { memory, consume } = await setUp();
      const got = new Map<string, number[]>();
      await consume('receipts', ['payment.paid'], async ({ subject, data }) => void got.set(subject, [...(got.get(subject) ?? []), Number(data.n)]));
      for (let n = 0; n < 600; n += 1) memory.append(`payment-${n % 7}`, { type: 'Paid', data: { n } });
      await expect.poll(() => [...got.values()].flat().length).toBe(600);
      for (const numbers of got.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    });

    it('finishes what it is at when it is stopped', async () => {
      const { memory, consume } = await setUp();
      const got: string[] = [];
      const started = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const consumer = await consume('receipts', ['payment.paid'], async (event) => {
        started.resolve();
        await release.promise;
        got.push(short(event));
      });
      memory.append('payment-1', { type: 'Paid', data: {} });
      await started.promise;
      const stopped = consumer.stop();
      release.resolve();
      await stopped;
      expect(got).toEqual(['1 payment.paid']);
    });
  });
};
