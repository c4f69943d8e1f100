import { headOf, type Store } from '../read.ts';
import type { Writer } from '../writer.ts';
import { doesNotExist, exists } from './failures.ts';
import { type Group, startGroup } from './group.ts';
import { type Parked, parkedOf } from './parked.ts';
import type { GroupName, GroupRequest } from './requests.ts';
import { ALL, type GroupRecord } from './settings.ts';
import type { GroupTable } from './table.ts';

type Running = { group: Group; parked: Parked };

/** All persistent subscriptions of the node. */
export type Registry = {
  readonly create: (request: GroupRequest) => Promise<void>;
  readonly update: (request: GroupRequest) => Promise<void>;
  readonly remove: (name: GroupName) => Promise<void>;
  /** @throws (as a gRPC failure) if there is none of this name */
  readonly get: (name: GroupName) => Running;
  readonly list: (source: string | undefined) => readonly Running[];
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Parts = { store: Store; writer: Writer; table: GroupTable; onError: (message: string, error: unknown) => void };

const keyOf = ({ source, group }: GroupName): string => `${source}::${group}`;

export const startRegistry = async ({ store, writer, table, onError }: Parts): Promise<Registry> => {
  const groups = new Map<string, Running>();

  const start = (record: GroupRecord) => {
    const parked = parkedOf(store, writer, record);
    const save = (checkpoint: number) => table.checkpoint(record, checkpoint);
    groups.set(keyOf(record), { group: startGroup({ store, record, parked, save, onError }), parked });
  };
  const get = (name: GroupName): Running => {
    const running = groups.get(keyOf(name));
    if (!running) throw doesNotExist(name);
    return running;
  };
  const recordOf = async ({ source, group, settings, filter }: GroupRequest): Promise<GroupRecord> => {
    const { startFrom } = settings;
    const end = async () => (source === ALL ? store.tail.head() : (await headOf(store, source)).revision) + 1;
    const startAt = startFrom === 'start' ? 0 : startFrom === 'end' ? await end() : startFrom;
    return { source, group, settings, filter, startAt, checkpoint: undefined };
  };
  for (const record of await table.all()) start(record);
  return {
    create: async (request) => {
      if (groups.has(keyOf(request))) throw exists(request);
      const record = await recordOf(request);
      if (groups.has(keyOf(request))) throw exists(request);
      start(record);
      await table.put(record).catch((error: unknown) => {
        groups.delete(keyOf(record));
        throw error;
      });
    },
    update: async (request) => {
      const { group } = get(request);
      const record = { ...(await recordOf(request)), filter: group.record.filter };
      const checkpoint = await group.stop();
      const updated = { ...record, checkpoint };
      start(updated);
      await table.put(updated);
    },
    remove: async (name) => {
      const { group } = get(name);
      groups.delete(keyOf(name));
      await group.stop();
      await table.remove(name);
    },
    get,
    list: (source) => {
      const found = [...groups.values()].filter(({ group }) => source === undefined || group.record.source === source);
      if (source !== undefined && found.length === 0) throw doesNotExist({ source, group: '' });
      return found;
    },
    restart: async () => {
      for (const { group } of [...groups.values()]) start({ ...group.record, checkpoint: await group.stop() });
    },
    stop: async () => {
      await Promise.all([...groups.values()].map(({ group }) => group.stop()));
    },
  };
};
