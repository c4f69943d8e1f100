// Figures as ten million events leave them: two years by the hour, and ten by day and month, the same ones in every run.
import type { FastifyPluginAsync } from 'fastify';
import Fastify from 'fastify';
import type { Collection } from '../../platform/documents/document-store.ts';
import { type Interval, intervals } from '../../projections/figures/buckets.ts';

/** Where the years end. */
export const now = new Date('2026-07-01T00:00:00.000Z');
const hourMs = 3_600_000;
/** How many buckets of each there are, and how many hours one has. */
const spans = { hour: { steps: 2 * 8_760, hours: 1 }, day: { steps: 3_650, hours: 24 }, month: { steps: 120, hours: 730 } } as const;
/** Of which there are figures by the hour. */
export const hoursKept = spans.hour.steps;

let seed = 1;
export const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};
/** A whole number around it, which is the mean of many. */
export const about = (mean: number): number => Math.floor(mean * (0.5 + random()) + random());

const startOf = (interval: Interval, step: number): string =>
  new Date(interval === 'month' ? Date.UTC(2026, 6 - step) : now.getTime() - step * spans[interval].hours * hourMs).toISOString();

/** Gives how many documents that were. `documentsOf` gives those of one bucket, which is so many hours long. */
export const fill = async <D extends object>(
  collection: Pick<Collection<D>, 'commit'>,
  documentsOf: (interval: Interval, at: string, hours: number) => readonly { id: string; document: D }[],
): Promise<number> => {
  let position = 0n;
  for (const interval of intervals) {
    let batch: { id: string; position: bigint; document: D }[] = [];
    for (let { steps: step } = spans[interval]; step > 0; step -= 1) {
      for (const one of documentsOf(interval, startOf(interval, step), spans[interval].hours)) {
        position += 1n;
        batch.push({ ...one, position });
      }
      if (batch.length < 2_000 && step > 1) continue;
      await collection.commit({ documents: batch, checkpoint: position });
      batch = [];
    }
  }
  return Number(position);
};

/** The route alone, as the service answers. */
export const listening = async (route: FastifyPluginAsync): Promise<{ url: string; close: () => Promise<void> }> => {
  const app = Fastify();
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(route);
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
};

/** What a program that has figures is asked for. */
export type FiguresAnswers = {
  fill: (argument: null) => Promise<{ documents: number; events: number }>;
  url: (argument: null) => Promise<string>;
};
