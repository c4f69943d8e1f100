import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { channels } from '../../domain/notification/channel.ts';
import { Instant } from '../../platform/http/schemas.ts';
import type { SharedStanding, Standings } from '../../providers/message/standings.ts';

const maybe = <T extends typeof Instant>(type: T, description: string) => Type.Union([type, Type.Null()], { description });

const Provider = Type.Object(
  {
    name: Type.String(),
    circuit: Type.Object(
      { state: Type.Enum(['closed', 'half_open', 'open']), retryAt: maybe(Instant, 'When the next message is tried, where it is open') },
      { description: 'Open: calls kept failing, or it refuses all that is ours, so it isn’t asked' },
    ),
    pausedUntil: maybe(Instant, 'It has said "too much": until then nothing is sent by it'),
    pausedKeys: Type.Integer({ description: 'How many channels of Slack, hooks or hosts are left alone by themselves' }),
    processes: Type.Integer({ description: 'How many processes send by it; what is shown is what the worst off has found' }),
  },
  { title: 'MessageProvider' },
);

/** `GET /channels`: by whom messages are sent, and how those are. */
export const channelsQuery =
  ({ standings }: { standings: Pick<Standings, 'all'> }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/channels',
      config: { permission: 'notifications:read' },
      schema: {
        tags: ['Channels'],
        summary: 'By whom messages are sent, in the order in which they are asked, and how they are',
        response: {
          200: Type.Object({ data: Type.Array(Type.Object({ channel: Type.Enum([...channels]), providers: Type.Array(Provider) })) }),
        },
      },
      handler: async () => {
        const all = await standings.all();
        return { data: channels.map((channel) => ({ channel, providers: all.filter((one) => one.channel === channel).map(shown) })) };
      },
    });
  };

const shown = ({ provider: name, circuit, pausedUntil, pausedKeys, processes }: SharedStanding) => ({ name, circuit, pausedUntil, pausedKeys, processes });
