import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclusion, experiment } from '../../domain/notification/experiment/examples.ts';
import type { ExperimentPart } from '../../domain/notification/request.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { foldBatch } from '../fold.ts';
import { type CountedExperiment, experimentResults } from './experiment-results.ts';

type Counted = Parameters<typeof experimentResults.ids>[0];
type Happening = Counted extends infer R ? (R extends Recorded<infer E> ? E : never) : never;

const start = Date.parse('2026-06-01T10:00:00.000Z');
const time = (hours: number): string => new Date(start + hours * 3_600_000).toISOString();
const recorded = (event: Happening, position: number, at = time(0)): Counted => {
  const metadata = { commandId: 'c', actor: 'a', at, $correlationId: 'c', $causationId: 'c', previousHash: '', hash: 'h' };
  return { ...event, id: `e${position}`, stream: 's-x', streamId: 'x', revision: 0, position: BigInt(position), at, metadata };
};

const part = (recipient: string, variant: string | null): ExperimentPart => ({ key: 'shorter_receipt', variant, recipient });
const asked = (experiment: ExperimentPart | undefined, sendAt?: string): Happening => ({
  type: 'NotificationRequested',
  data: {
    userId: 'u',
    template: { key: 'payment_receipt', version: 1 },
    category: 'payments',
    priority: 'normal',
    locale: 'en',
    deliveries: [],
    ...(experiment && { experiment }),
    ...(sendAt !== undefined && { sendAt }),
  },
});
const said = (experiment: ExperimentPart, at: string) => ({ deliveryId: 'd', at, provider: 'p', experiment });
const sent = (of: ExperimentPart, at: string): Happening => ({ type: 'DeliverySent', data: { ...said(of, at), attempt: 1, reference: 'r' } });
const delivered = (of: ExperimentPart, at: string): Happening => ({ type: 'DeliveryDelivered', data: { ...said(of, at), reference: 'r' } });
const shown = (of: ExperimentPart, at: string): Happening => ({
  type: 'InAppDelivered',
  data: { ...said(of, at), attempt: 1, userId: 'u', category: 'payments', template: null },
});
const suppressed = (of: ExperimentPart, at: string): Happening => ({
  type: 'DeliverySuppressed',
  data: { deliveryId: 'd', at, reason: 'opted_out', experiment: of },
});
const opened = (of: ExperimentPart, at: string): Happening => ({ type: 'EngagementRecorded', data: { ...said(of, at), what: 'opened' } });
const ordered = (recipient: string, at: string): Happening => ({
  type: 'ConversionRecorded',
  data: { experiment: 'shorter_receipt', recipient, event: 'order_placed', at },
});
const begun = (change: Parameters<typeof experiment>[0] = {}): Happening => ({ type: 'ExperimentStarted', data: experiment({ minimumSample: 2, ...change }) });

/** The experiment's document after all of them; each happens an hour after the one before. */
const resultsAfter = (...happenings: readonly Happening[]) => {
  const { changes, failed } = foldBatch(
    experimentResults,
    happenings.map((event, index) => recorded(event, index, time(index))),
    () => undefined,
  );
  if (failed) throw failed.error;
  return countedIn(changes.get('shorter_receipt')?.document);
};
const isCounted = (document: object | undefined): document is CountedExperiment => document !== undefined && 'counts' in document;
const countedIn = (document: object | undefined): CountedExperiment => {
  if (!isCounted(document)) throw new Error('there is no experiment');
  return document;
};
const countsOf = (document: CountedExperiment) =>
  Object.fromEntries(
    [...document.counts.variants, { name: 'holdOut', ...document.counts.holdOut }].map(({ name, ...counts }) => [name, Object.values(counts)]),
  );

const ada = part('ada', 'present');
const bob = part('bob', 'shorter');
const eve = part('eve', null);

describe('the results of an experiment', () => {
  it('begin with nothing, and end with its conclusion', () => {
    const document = resultsAfter(begun());
    expect(document).toMatchObject({ kind: 'experiment', template: 'payment_receipt', status: 'running', startedAt: time(0), sampledAt: null });
    expect(countsOf(document)).toEqual({ present: [0, 0, 0, 0], shorter: [0, 0, 0, 0], holdOut: [0, 0, 0, 0] });
    const ended = resultsAfter(begun(), { type: 'ExperimentConcluded', data: { key: 'shorter_receipt', ...conclusion() } });
    expect(ended).toMatchObject({ status: 'concluded', experiment: { conclusion: { winner: 'shorter' } } });
  });

  it('count each recipient once, however many notifications and channels', () => {
    const document = resultsAfter(begun(), asked(ada), sent(ada, time(1)), asked(ada), shown(ada, time(3)), opened(ada, time(4)), opened(ada, time(5)));
    expect(countsOf(document)).toEqual({ present: [1, 1, 1, 1], shorter: [0, 0, 0, 0], holdOut: [0, 0, 0, 0] });
  });

  it('count each in their own group', () => {
    const document = resultsAfter(begun(), asked(ada), asked(bob), asked(eve), sent(bob, time(3)), delivered(bob, time(4)), suppressed(eve, time(5)));
    expect(countsOf(document)).toEqual({ present: [0, 0, 0, 0], shorter: [1, 1, 1, 0], holdOut: [1, 0, 0, 0] });
  });

  it('count nobody before it is known what became of the message, and then with all that was done since', () => {
    const until = [begun({ metric: 'order_placed' }), asked(ada), ordered('ada', time(2)), asked(bob, time(100))];
    expect(countsOf(resultsAfter(...until))).toEqual({ present: [0, 0, 0, 0], shorter: [0, 0, 0, 0], holdOut: [0, 0, 0, 0] });
    expect(countsOf(resultsAfter(...until, sent(ada, time(3)), suppressed(bob, time(100))))).toMatchObject({ present: [1, 1, 0, 1], shorter: [1, 0, 0, 0] });
  });

  it('know when the last variant had its sample', () => {
    const people = ['present', 'shorter'].flatMap((variant) => [1, 2, 3].map((n) => part(`${variant}${n}`, variant)));
    const all = [begun(), ...people.map((one) => asked(one)), ...people.map((one) => sent(one, time(1)))];
    expect(resultsAfter(...all.slice(0, -2)).sampledAt).toBeNull();
    expect(resultsAfter(...all).sampledAt).toBe(time(11));
  });

  it('count what is asked for as a success, and nothing else', () => {
    expect(countsOf(resultsAfter(begun({ metric: 'clicked' }), asked(ada), sent(ada, time(1)), opened(ada, time(2)))).present).toEqual([1, 1, 0, 0]);
    expect(countsOf(resultsAfter(begun({ metric: 'delivered' }), asked(ada), shown(ada, time(2)), asked(bob), delivered(bob, time(4))))).toMatchObject({
      present: [1, 1, 1, 1],
      shorter: [1, 1, 1, 1],
    });
    expect(
      countsOf(
        resultsAfter(
          begun({ metric: 'order_placed' }),
          asked(ada),
          asked(eve),
          sent(ada, time(3)),
          suppressed(eve, time(3)),
          ordered('ada', time(3)),
          ordered('eve', time(4)),
        ),
      ),
    ).toMatchObject({
      present: [1, 1, 0, 1],
      holdOut: [1, 0, 0, 1],
    });
  });

  it('count a success only within the window of a notification', () => {
    const business = begun({ metric: 'order_placed', attributionWindowHours: 10 });
    const converted = (...happenings: readonly Happening[]) => countsOf(resultsAfter(business, ...happenings, suppressed(ada, time(0)))).present?.[3];
    expect(converted(asked(ada), ordered('ada', time(0.9)))).toBe(0);
    expect(converted(asked(ada), ordered('ada', time(11)))).toBe(1);
    expect(converted(asked(ada), ordered('ada', time(11.1)))).toBe(0);
    expect(converted(asked(ada), sent(ada, time(5)), ordered('ada', time(15)))).toBe(1);
    expect(converted(asked(ada, time(48)), ordered('ada', time(3)))).toBe(0);
    expect(converted(asked(ada, time(48)), ordered('ada', time(50)))).toBe(1);
    expect(converted(ordered('ada', time(1)), asked(ada))).toBe(0);
  });

  it('leave alone what is in no experiment, or in one that is not there', () => {
    expect(experimentResults.ids(recorded(asked(undefined), 1))).toEqual([]);
    expect(countsOf(resultsAfter(begun(), asked({ ...ada, key: 'other' }))).present).toEqual([0, 0, 0, 0]);
    expect(() => resultsAfter({ type: 'ExperimentConcluded', data: { key: 'shorter_receipt', ...conclusion() } })).toThrow('before it was started');
  });

  it('are what a recount from the beginning finds, however the log was cut into batches', () => {
    const people = ['a', 'b', 'c', 'd'].map((name, index) => part(name, ['present', 'shorter', null, 'present'][index] ?? null));
    const one = fc
      .tuple(
        fc.constantFrom(...people),
        fc.constantFrom('asked', 'sent', 'delivered', 'shown', 'opened', 'ordered', 'suppressed'),
        fc.integer({ min: 0, max: 40 }),
      )
      .map(([of, what, hour]): Happening => {
        const at = time(hour);
        if (what === 'asked') return asked(of, at);
        if (what === 'sent') return sent(of, at);
        if (what === 'delivered') return delivered(of, at);
        if (what === 'shown') return shown(of, at);
        if (what === 'suppressed') return suppressed(of, at);
        return what === 'opened' ? opened(of, at) : ordered(of.recipient, at);
      });
    const metric = fc.constantFrom('delivered', 'opened', 'order_placed');
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60, size: 'max' }), metric, fc.integer({ min: 1, max: 10 }), (happenings, metric, size) => {
        const all = [begun({ metric, attributionWindowHours: 6 }), ...happenings].map((event, index) => recorded(event, index));
        const known = new Map<string, Stored<object>>();
        for (let from = 0; from < all.length; from += size) {
          const { changes, failed } = foldBatch(experimentResults, all.slice(from, from + size), (id) => known.get(id));
          expect(failed).toBeUndefined();
          for (const { id, position, document } of changes.values()) if (document) known.set(id, { id, position, document });
        }
        expect(countsOf(countedIn(known.get('shorter_receipt')?.document))).toEqual(recount(happenings, metric));
      }),
    );
  });
});

const recipientOf = ({ data }: Happening): string | undefined =>
  'recipient' in data ? data.recipient : 'experiment' in data && typeof data.experiment === 'object' ? data.experiment.recipient : undefined;

/** Plainly, by going over all of it for each person. */
const recount = (happenings: readonly Happening[], metric: string) => {
  const counts: Record<string, number[]> = { present: [0, 0, 0, 0], shorter: [0, 0, 0, 0], holdOut: [0, 0, 0, 0] };
  for (const [recipient, group] of [
    ['a', 'present'],
    ['b', 'shorter'],
    ['c', 'holdOut'],
    ['d', 'present'],
  ] as const) {
    const own = happenings.filter((event) => recipientOf(event) === recipient);
    const first = own.findIndex(({ type }) => type === 'NotificationRequested');
    const since = own.slice(first);
    if (first < 0 || !since.some(({ type }) => ['DeliverySent', 'InAppDelivered', 'DeliveryDelivered', 'DeliverySuppressed'].includes(type))) continue;
    const opens = (event: Happening): string[] =>
      event.type === 'NotificationRequested'
        ? [event.data.sendAt ?? '']
        : event.type === 'DeliverySent' || event.type === 'InAppDelivered'
          ? [event.data.at]
          : [];
    const successes: Record<string, readonly string[]> = {
      delivered: ['InAppDelivered', 'DeliveryDelivered'],
      opened: ['EngagementRecorded'],
      order_placed: ['ConversionRecorded'],
    };
    const converted = since.some((event, index) => {
      if (!(successes[metric] ?? []).some((type) => type === event.type) || !('at' in event.data)) return false;
      const at = Date.parse(event.data.at);
      return since
        .slice(0, index + 1)
        .flatMap(opens)
        .some((from) => Date.parse(from) <= at && at <= Date.parse(from) + 6 * 3_600_000);
    });
    const has = (...types: string[]) => since.some(({ type }) => types.includes(type));
    const found = [true, has('DeliverySent', 'InAppDelivered', 'DeliveryDelivered'), has('InAppDelivered', 'DeliveryDelivered'), converted];
    counts[group] = (counts[group] ?? []).map((count, index) => count + Number(found[index]));
  }
  return counts;
};
