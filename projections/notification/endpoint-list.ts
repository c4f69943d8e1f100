import { type EndpointEvent, endpoint, endpointCatalogue, type KnownEndpoint } from '../../domain/notification/endpoint.ts';
import type { Projection } from '../projection.ts';

/** An endpoint without its secrets, which are nowhere but in its events. */
export type EndpointListItem = Omit<KnownEndpoint, 'secrets'> & { version: number; createdAt: string; updatedAt: string };

const types = Object.keys(endpointCatalogue) as EndpointEvent['type'][];

/** One row an endpoint; none for those deleted. */
export const endpointList: Projection<EndpointEvent, EndpointListItem> = {
  name: 'endpoint-list',
  version: 1,
  store: 'postgres',
  indexes: { status: 'text', createdAt: 'time' },
  listedBy: 'createdAt',
  handles: types,
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (item, event) => {
    if (item && event.revision < item.version) return item;
    const after = endpoint.evolve(item ? { ...item, secrets: [] } : endpoint.initialState, event);
    if (after.status === 'absent' || after.status === 'deleted') return undefined;
    const { secrets: _, ...shown } = after;
    return { ...shown, version: event.revision + 1, createdAt: item?.createdAt ?? event.at, updatedAt: event.at };
  },
};
