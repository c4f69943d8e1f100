import type { InTurn } from '../in-turn.ts';
import type { GroupName } from './requests.ts';
import type { GroupRecord } from './settings.ts';

/** The groups as they are kept, on the connection that holds the writer lock. */
export type GroupTable = {
  readonly all: () => Promise<GroupRecord[]>;
  readonly put: (record: GroupRecord) => Promise<void>;
  readonly remove: (name: GroupName) => Promise<void>;
  readonly checkpoint: (name: GroupName, sequence: number) => Promise<void>;
};

type Kept = Pick<GroupRecord, 'settings' | 'filter' | 'startAt'>;
type Row = { source: string; group_name: string; settings: Kept; checkpoint: string | null };

// JSON has no Infinity, which is what a group that starts at the end of nothing could have.
export const groupTable = (turn: InTurn): GroupTable => ({
  all: async () => {
    const { rows } = await turn((client) =>
      client.query<Row>('select source, group_name, settings, checkpoint from event_store.persistent_subscriptions order by source, group_name'),
    );
    return rows.map(({ source, group_name, settings, checkpoint }) => ({
      source,
      group: group_name,
      settings: settings.settings,
      filter: settings.filter,
      startAt: settings.startAt,
      checkpoint: checkpoint === null ? undefined : Number(checkpoint),
    }));
  },
  put: async ({ source, group, settings, filter, startAt, checkpoint }) => {
    const kept: Kept = { settings, filter, startAt };
    await turn((client) =>
      client.query(
        `insert into event_store.persistent_subscriptions (source, group_name, settings, checkpoint) values ($1, $2, $3, $4)
       on conflict (source, group_name) do update set settings = excluded.settings, checkpoint = excluded.checkpoint`,
        [source, group, JSON.stringify(kept), checkpoint ?? null],
      ),
    );
  },
  remove: async ({ source, group }) => {
    await turn((client) => client.query('delete from event_store.persistent_subscriptions where source = $1 and group_name = $2', [source, group]));
  },
  checkpoint: async ({ source, group }, sequence) => {
    await turn((client) =>
      client.query('update event_store.persistent_subscriptions set checkpoint = $3 where source = $1 and group_name = $2', [source, group, sequence]),
    );
  },
});
