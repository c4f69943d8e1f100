import type { DisabledReason, KnownEndpoint } from './endpoint.ts';

/** An endpoint as the API shows it: without its secrets. */
export type EndpointView = {
  id: string;
  url: string;
  types: string[];
  description: string | null;
  status: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};

export type ShownEndpoint = Pick<KnownEndpoint, 'url' | 'types' | 'description' | 'status' | 'disabledReason'>;
type Times = { version: number; createdAt: string; updatedAt: string };

/** The one way to show an endpoint: to who has changed it, and in the read model. */
export const endpointView = (
  id: string,
  { url, types, description, status, disabledReason }: ShownEndpoint,
  { version, createdAt, updatedAt }: Times,
): EndpointView => ({
  id,
  url,
  types: [...types],
  description,
  status,
  disabledReason,
  version,
  createdAt,
  updatedAt,
});
