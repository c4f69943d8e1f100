import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type TString, Type } from 'typebox';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { problem } from '../../platform/http/problem.ts';
import type { Permission } from '../../platform/http/route.ts';
import { Instant, Uuid } from '../../platform/http/schemas.ts';

export type HistoryRoute = {
  /** Where the thing is; its history is at `/events` below. */
  url: `/${string}/:id`;
  tag: string;
  permission: Permission;
  /** The code of the 404. */
  notFound: string;
  /** What its ids look like where they are no UUIDs. */
  id?: TString;
  history: (id: string) => Promise<{ events: readonly Recorded[]; verified: boolean }>;
  /** Whether it is there though nothing has ever happened to it. */
  isThere?: (id: string) => boolean;
  /** What of an event's data nobody needs to see. */
  concealed?: readonly string[];
};

const RecordedEvent = Type.Object({
  id: Uuid,
  type: Type.String(),
  revision: Type.Integer({ minimum: 0 }),
  position: Type.String({ description: 'In the log of everything' }),
  at: Instant,
  actor: Type.String(),
  data: Type.Unknown(),
  hash: Type.String(),
  previousHash: Type.String({ description: 'Empty for the first' }),
  correlationId: Type.String(),
  causationId: Type.String(),
});
const History = Type.Object({
  data: Type.Array(RecordedEvent),
  verified: Type.Boolean({ description: 'Whether each event is as it was written, and follows the one before it' }),
});

/** All that ever happened to one thing, oldest first, read from the log itself. */
export const historyRoute =
  ({ url, tag, permission, notFound, id = Uuid, history, isThere = () => false, concealed = [] }: HistoryRoute): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: `${url}/events`,
      config: { permission },
      schema: { tags: [tag], summary: 'Its history, and whether it is whole', params: Type.Object({ id }), response: { 200: History } },
      handler: async ({ params }) => {
        const { events, verified } = await history(params.id);
        if (events.length === 0 && !isThere(params.id)) throw problem(404, notFound, { detail: 'Nothing with this id has ever been here.' });
        return { data: events.map((event) => shown(event, concealed)), verified };
      },
    });
  };

const shown = ({ id, type, revision, position, at, data, metadata }: Recorded, concealed: readonly string[]) => ({
  id,
  type,
  revision,
  position: position.toString(),
  at,
  actor: metadata.actor,
  data: Object.fromEntries(Object.entries(data).filter(([name]) => !concealed.includes(name))),
  hash: metadata.hash,
  previousHash: metadata.previousHash,
  correlationId: metadata.$correlationId,
  causationId: metadata.$causationId,
});
