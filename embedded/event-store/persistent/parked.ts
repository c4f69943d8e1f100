import { randomUUID } from 'node:crypto';
import { ANY, EMPTY, LINK, METADATA, metastreamOf, type ProposedEvent, type StoredEvent } from '../event.ts';
import { linkTarget, resolved } from '../links.ts';
import { firstReadable, truncatedBefore } from '../metadata.ts';
import { headOf, type Store } from '../read.ts';
import { LAST_REVISION } from '../wire.ts';
import type { Outcome } from '../write.ts';
import type { Writer } from '../writer.ts';
import type { Message } from './consumer.ts';
import type { GroupRecord } from './settings.ts';

/** The parked messages of a group: links in a stream of its own, where EventStoreDB has them too. */
export type Parked = {
  readonly park: (message: Message, reason: string) => Promise<void>;
  readonly count: () => Promise<number>;
  /** Those before this revision of the parked stream that haven't been replayed, and that they have been once `done` is called. */
  readonly replay: (stopAt: number) => Promise<{ messages: readonly Message[]; done: () => Promise<void> }>;
};

export const parkedOf = (store: Store, writer: Writer, { source, group, settings }: GroupRecord): Parked => {
  const stream = `$persistentsubscription-${source}::${group}-parked`;
  let replayedTo = 0;

  const append = async (to: string, event: ProposedEvent) => {
    const outcome = await new Promise<Outcome>((answer) =>
      writer.submit({ kind: 'append', stream: to, expected: ANY, events: [event], deadline: Infinity, answer }),
    );
    if (outcome.outcome !== 'written') throw new Error(`${to} could not be written: ${'reason' in outcome ? outcome.reason : outcome.outcome}`);
  };
  const range = async () => {
    const head = await headOf(store, stream);
    return { first: Math.max(replayedTo, firstReadable(head.metadata, head.revision)), last: head.revision };
  };
  return {
    park: async ({ resolved: { event, link }, sequence }, reason) => {
      const original = link ?? event;
      if (!original) return;
      const metadata = { added: new Date().toISOString(), reason, subscriptionEventNumber: sequence ?? original.revision };
      const data = Buffer.from(`${original.revision === LAST_REVISION ? '9223372036854775807' : original.revision}@${original.stream}`);
      await append(stream, { id: randomUUID(), type: LINK, json: false, data, metadata: Buffer.from(JSON.stringify(metadata)) });
    },
    count: async () => {
      const { first, last } = await range();
      return last < 0 ? 0 : Math.max(0, last - first + 1);
    },
    replay: async (stopAt) => {
      const { first, last } = await range();
      const to = Math.min(last, stopAt - 1);
      if (to < first) return { messages: [], done: async () => {} };
      const links = await store.log.stream(stream, { from: first, to, upTo: store.tail.head(), limit: to - first + 1, direction: 'forwards' });
      replayedTo = to + 1;
      const messages = await originalsOf(store, links, settings.resolveLinks);
      const done = async () => {
        const { metadata } = await headOf(store, stream);
        await append(metastreamOf(stream), { id: randomUUID(), type: METADATA, json: true, data: truncatedBefore(metadata.raw, to + 1), metadata: EMPTY });
      };
      return { messages, done };
    },
  };
};

const originalsOf = async ({ log }: Store, links: readonly StoredEvent[], resolveLinks: boolean): Promise<Message[]> => {
  const targets = links.map(({ data }) => linkTarget(data)).filter((target) => target !== undefined);
  const found = new Map<string, StoredEvent>();
  for (const event of await log.at(
    targets.map(({ stream }) => stream),
    targets.map(({ revision }) => revision),
  )) {
    found.set(`${event.revision}@${event.stream}`, event);
  }
  const originals = targets.map(({ stream, revision }) => found.get(`${revision}@${stream}`)).filter((event) => event !== undefined);
  const followed = await resolved(log, originals, resolveLinks);
  return followed.flatMap((one) => {
    const id = (one.link ?? one.event)?.id;
    return id ? [{ id, sequence: undefined, resolved: one, retryCount: 0 }] : [];
  });
};
