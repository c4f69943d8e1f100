// A webhook endpoint: where a subscriber of ours is told of events, of which, and by which secrets they know that it was us.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** `types`: names of public events, `payment.*` for all that begin so, `*` for all there are. */
export type EndpointSettings = { url: string; types: readonly string[]; description: string | null };

/** `gone`: the receiver has answered 410. `failing`: nothing has got through for days. */
export type DisabledReason = 'manual' | 'failing' | 'gone';

/** `url` and `secret` are sealed under the endpoint's own key, and absent once that is gone. Times are RFC 3339 UTC. */
export type EndpointEvent =
  | { type: 'EndpointCreated'; data: { url?: string; secret?: string; types: readonly string[]; description: string | null } }
  | { type: 'EndpointChanged'; data: { url?: string; types: readonly string[]; description: string | null } }
  /** Until `overlapUntil` the older secrets sign too. */
  | { type: 'EndpointSecretRotated'; data: { secret?: string; overlapUntil: string } }
  | { type: 'EndpointDisabled'; data: { reason: DisabledReason; at: string } }
  | { type: 'EndpointEnabled'; data: { at: string } }
  | { type: 'EndpointDeleted'; data: object }
  | { type: 'EndpointTestRequested'; data: { requestId: string; at: string } }
  | { type: 'EndpointRedeliveryRequested'; data: { requestId: string; deliveryId: string } }
  /** What failed, or was left out while it was disabled, since then is to be sent again. */
  | { type: 'EndpointRecoveryRequested'; data: { requestId: string; since: string } };

/** `until` is null for the newest, which holds without end. */
export type Secret = { secret: string; until: string | null };

export type KnownEndpoint = EndpointSettings & {
  status: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  /** When it was last enabled after it had been disabled. */
  enabledAt: string | null;
  /** The newest first. */
  secrets: readonly Secret[];
  lastRequest: string | null;
};
export type Endpoint = { status: 'absent' } | { status: 'deleted' } | KnownEndpoint;

/** Nobody rotates so often that more overlap. */
const mostSecrets = 10;

const evolve = (endpoint: Endpoint, event: EndpointEvent): Endpoint => {
  if (event.type === 'EndpointCreated') {
    const { url = '', secret = '', types, description } = event.data;
    const secrets = [{ secret, until: null }];
    return { status: 'enabled', url, types, description, disabledReason: null, enabledAt: null, secrets, lastRequest: null };
  }
  if (endpoint.status === 'absent' || endpoint.status === 'deleted') throw new Error(`${event.type} of an endpoint that is ${endpoint.status}`);
  return evolveKnown(endpoint, event);
};

const evolveKnown = (endpoint: KnownEndpoint, event: Exclude<EndpointEvent, { type: 'EndpointCreated' }>): Endpoint => {
  switch (event.type) {
    case 'EndpointChanged': {
      const { url = '', types, description } = event.data;
      return { ...endpoint, url, types, description };
    }
    case 'EndpointSecretRotated': {
      const { secret = '', overlapUntil } = event.data;
      return { ...endpoint, secrets: [{ secret, until: null }, ...endpoint.secrets.map(endingBy(overlapUntil))].slice(0, mostSecrets) };
    }
    case 'EndpointDisabled':
      return { ...endpoint, status: 'disabled', disabledReason: event.data.reason };
    case 'EndpointEnabled':
      return { ...endpoint, status: 'enabled', disabledReason: null, enabledAt: event.data.at };
    case 'EndpointDeleted':
      return { status: 'deleted' };
    case 'EndpointTestRequested':
    case 'EndpointRedeliveryRequested':
    case 'EndpointRecoveryRequested':
      return { ...endpoint, lastRequest: event.data.requestId };
  }
};

/** A later rotation may shorten an overlap, never lengthen it. */
const endingBy =
  (end: string) =>
  ({ secret, until }: Secret): Secret => ({ secret, until: until !== null && Date.parse(until) < Date.parse(end) ? until : end });

/** Those that sign at this time, the newest first. */
export const secretsInForce = ({ secrets }: Pick<KnownEndpoint, 'secrets'>, now: Date): readonly string[] =>
  secrets.filter(({ secret, until }) => secret !== '' && (until === null || now.getTime() < Date.parse(until))).map(({ secret }) => secret);

/** Whether one of the patterns covers an event's type. */
export const wants = (types: readonly string[], type: string): boolean =>
  types.some((pattern) => pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))));

export type EndpointCommand =
  | { type: 'Create'; settings: EndpointSettings; secret: string }
  | { type: 'Change'; settings: EndpointSettings }
  | { type: 'RotateSecret'; secret: string; overlapUntil: string }
  | { type: 'Disable'; reason: DisabledReason; at: string }
  | { type: 'Enable'; at: string }
  | { type: 'Delete' }
  /** One event that says nothing but that it arrives; also where the endpoint is disabled. */
  | { type: 'Test'; requestId: string; at: string }
  | { type: 'Redeliver'; requestId: string; deliveryId: string }
  | { type: 'Recover'; requestId: string; since: string };

export type EndpointRejection = 'endpoint_not_found' | 'endpoint_disabled';

type EndpointDecision = Decision<EndpointEvent, EndpointRejection>;

const decide = (command: EndpointCommand, endpoint: Endpoint): EndpointDecision => {
  if (command.type === 'Create') {
    const { settings, secret } = command;
    return endpoint.status === 'absent' ? accept({ type: 'EndpointCreated', data: { ...settings, secret } }) : accept();
  }
  if (endpoint.status === 'absent') return reject('endpoint_not_found');
  if (endpoint.status === 'deleted') return command.type === 'Delete' ? accept() : reject('endpoint_not_found');
  return decideKnown(command, endpoint);
};

const decideKnown = (command: Exclude<EndpointCommand, { type: 'Create' }>, endpoint: KnownEndpoint): EndpointDecision => {
  switch (command.type) {
    case 'Change':
      return isSame(command.settings, endpoint) ? accept() : accept({ type: 'EndpointChanged', data: command.settings });
    case 'RotateSecret': {
      const { secret, overlapUntil } = command;
      return endpoint.secrets[0]?.secret === secret ? accept() : accept({ type: 'EndpointSecretRotated', data: { secret, overlapUntil } });
    }
    case 'Disable': {
      const { reason, at } = command;
      return endpoint.status === 'disabled' ? accept() : accept({ type: 'EndpointDisabled', data: { reason, at } });
    }
    case 'Enable':
      return endpoint.status === 'enabled' ? accept() : accept({ type: 'EndpointEnabled', data: { at: command.at } });
    case 'Delete':
      return accept({ type: 'EndpointDeleted', data: {} });
    case 'Test':
    case 'Redeliver':
    case 'Recover':
      return ask(command, endpoint);
  }
};

const ask = (command: Extract<EndpointCommand, { requestId: string }>, { status, lastRequest }: KnownEndpoint): EndpointDecision => {
  const { requestId } = command;
  if (requestId === lastRequest) return accept();
  if (command.type === 'Test') return accept({ type: 'EndpointTestRequested', data: { requestId, at: command.at } });
  if (status === 'disabled') return reject('endpoint_disabled');
  return command.type === 'Redeliver'
    ? accept({ type: 'EndpointRedeliveryRequested', data: { requestId, deliveryId: command.deliveryId } })
    : accept({ type: 'EndpointRecoveryRequested', data: { requestId, since: command.since } });
};

const isSame = (a: EndpointSettings, b: EndpointSettings): boolean =>
  a.url === b.url && a.description === b.description && a.types.length === b.types.length && a.types.every((type, n) => type === b.types[n]);

export const endpoint: Decider<Endpoint, EndpointCommand, EndpointEvent, EndpointRejection> = { initialState: { status: 'absent' }, decide, evolve };

/** Whose key seals an endpoint's address and secrets: its own, deleted with it. */
export const endpointSubject = (id: string): string => `endpoint:${id}`;
const subject = (_: object, id: string): string => endpointSubject(id);

export const endpointCatalogue: EventCatalogue<EndpointEvent> = {
  // Addresses of receivers often hold a token.
  EndpointCreated: { personal: ['url', 'secret'], subject },
  EndpointChanged: { personal: ['url'], subject },
  EndpointSecretRotated: { personal: ['secret'], subject },
  EndpointDisabled: {},
  EndpointEnabled: {},
  EndpointDeleted: {},
  EndpointTestRequested: {},
  EndpointRedeliveryRequested: {},
  EndpointRecoveryRequested: {},
};

/** What the write side needs to know of endpoints. */
export const endpointAggregate = { category: 'endpoint', decider: endpoint, catalogue: endpointCatalogue };
