import type { Logger } from 'pino';
import {
  type Endpoint,
  type EndpointCommand,
  type EndpointEvent,
  type EndpointRejection,
  endpointCatalogue,
  type KnownEndpoint,
  secretsInForce,
  wants,
} from '../../../domain/notification/endpoint.ts';
import type { Handler, Loaded } from '../../../platform/event-store/aggregate.ts';
import { pause } from '../../../platform/event-store/backoff.ts';
import type { Position } from '../../../platform/event-store/event-store.ts';
import type { Tail } from '../../../platform/event-store/tail.ts';
import { sharedTurn } from '../../../platform/shared-turn.ts';

export type EndpointHandler = Handler<Endpoint, EndpointCommand, EndpointEvent, EndpointRejection>;

export type DirectorySettings = {
  endpoints: Pick<EndpointHandler, 'load'>;
  tail: Pick<Tail, 'follow'>;
  /** The end of the log. */
  head: () => Promise<Position>;
  /** All endpoints that there were at a position; undefined where whoever knows them isn't that far yet. */
  idsAt: (position: Position) => Promise<readonly string[] | undefined>;
  /** Signs what goes to an address that is no endpoint's. */
  serviceSecret: string;
  log: Pick<Logger, 'warn'>;
  now?: () => Date;
  /** How long who asks waits for the log to be followed, and how long until what could not be read is read again. Milliseconds. */
  patienceMs?: number;
  retryMs?: number;
};

/** Every endpoint, with its secrets, in memory. */
export type Directory = {
  /** Resolves once all that was in the log when it was asked is known here. */
  current: () => Promise<void>;
  /** Whether there was no endpoint at that position of the log. */
  isEmptyAt: (position: Position) => Promise<boolean>;
  /** Whether all that there was at the start is known. */
  isOpen: () => boolean;
  /** As known now. */
  get: (id: string) => KnownEndpoint | undefined;
  /** Those that want this event, enabled or not: by its type, and by its time where it happened before there was the endpoint. */
  wanting: (event: { type: string; time: string }) => readonly { id: string; endpoint: KnownEndpoint }[];
  /** The secrets in force of the endpoints at this address; the service's own where there is none. Newest first. */
  secretsFor: (url: string) => Promise<readonly string[]>;
  stop: () => Promise<void>;
};

/** The clocks of two machines may differ by so much. Milliseconds. */
const clocksDiffer = 60_000;

/** Follows the log from its end on, and reads what there was before; whoever asks meanwhile waits. */
export const openDirectory = async (settings: DirectorySettings): Promise<Directory> => {
  const { endpoints, tail, head, idsAt, serviceSecret, log, now = () => new Date(), patienceMs = 10_000, retryMs = 1_000 } = settings;
  const known = new Map<string, Loaded<Endpoint>>();
  const stopping = new AbortController();
  let open = false;

  const refresh = async (id: string): Promise<void> => {
    const loaded = await endpoints.load(id);
    // Two may look at a time: the older answer may come later.
    if (loaded && loaded.version > (known.get(id)?.version ?? 0)) known.set(id, loaded);
  };
  const refreshAll = (ids: Iterable<string>): Promise<unknown> => Promise.all([...new Set(ids)].map(refresh));

  // First followed, then read: nothing is missed between the two.
  const following = await tail.follow({
    name: 'the directory of endpoints',
    types: Object.keys(endpointCatalogue),
    after: async () => 'end',
    maxBatch: 200,
    take: async (events) => void (await refreshAll(events.map(({ streamId }) => streamId))),
  });
  const readPast = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const ids = await idsAt(await head());
        if (ids) {
          await refreshAll(ids);
          open = true;
          return;
        }
        log.warn('the list of endpoints is behind the log: webhooks wait for it');
      } catch (err) {
        log.warn({ err }, 'the endpoints cannot be read yet: webhooks wait for them');
      }
      await pause(retryMs, stopping.signal);
    }
  };
  const past = readPast();

  const current = sharedTurn(async () => {
    await past;
    if (!(await following.reached(await head(), patienceMs))) throw new Error('the directory of endpoints does not keep up with the log');
  });
  const all = () =>
    [...known].flatMap(([id, { state, createdAt }]) =>
      state.status === 'absent' || state.status === 'deleted' ? [] : [{ id, endpoint: state, since: Date.parse(createdAt) - clocksDiffer }],
    );

  return {
    current,
    isEmptyAt: async (position) => {
      if (!open) return false;
      return (await following.reached(position, patienceMs)) && all().length === 0;
    },
    isOpen: () => open,
    get: (id) => {
      const state = known.get(id)?.state;
      return state === undefined || state.status === 'absent' || state.status === 'deleted' ? undefined : state;
    },
    wanting: ({ type, time }) => all().filter(({ endpoint, since }) => wants(endpoint.types, type) && Date.parse(time) >= since),
    secretsFor: async (url) => {
      await past;
      const href = URL.parse(url)?.href;
      const secrets = all().flatMap(({ endpoint }) => (URL.parse(endpoint.url)?.href === href ? secretsInForce(endpoint, now()) : []));
      return secrets.length > 0 ? secrets : [serviceSecret];
    },
    stop: async () => {
      stopping.abort();
      await past;
      await following.stop();
    },
  };
};
