import { confirmationFrame } from '../encode.ts';
import { invalid } from '../failure.ts';
import { frameOf } from '../frames.ts';
import type { Method } from '../grpc.ts';
import { message, messageField } from '../wire.ts';
import type { Consumer } from './consumer.ts';
import type { Group } from './group.ts';
import { infoOf } from './info.ts';
import type { Registry } from './registry.ts';
import { consumerRequestOf, type GroupName, groupNameOf, groupRequestOf, listRequestOf, stopAtOf } from './requests.ts';

const nothing = message();

const unary = (handle: (request: Buffer) => Promise<Buffer | undefined>): Method => ({
  kind: 'unary',
  handle: async (request) => frameOf((await handle(request)) ?? nothing),
});

/** The methods of the PersistentSubscriptions service. */
export const persistentSubscriptions = (registry: Registry): Readonly<Record<string, Method>> => {
  const infoField = async (field: number, { group, parked }: ReturnType<Registry['get']>) => messageField(field, infoOf(group, await parked.count()));
  const named = (at: Parameters<typeof groupNameOf>[1], handle: (name: GroupName, request: Buffer) => Promise<Buffer | undefined>) =>
    unary((request) => handle(groupNameOf(request, at), request));
  return {
    Create: unary(async (request) => {
      await registry.create(groupRequestOf(request));
      return undefined;
    }),
    Update: unary(async (request) => {
      await registry.update(groupRequestOf(request));
      return undefined;
    }),
    Delete: named({ stream: 1, all: 3, group: 2 }, async (name) => {
      await registry.remove(name);
      return undefined;
    }),
    GetInfo: named({ stream: 1, all: 2, group: 3 }, (name) => infoField(1, registry.get(name))),
    ReplayParked: named({ stream: 2, all: 3, group: 1 }, async (name, request) => {
      await registry.get(name).group.replayParked(stopAtOf(request));
      return undefined;
    }),
    List: unary(async (request) => message(...(await Promise.all(registry.list(listRequestOf(request)).map((running) => infoField(1, running)))))),
    RestartSubsystem: unary(async () => {
      await registry.restart();
      return undefined;
    }),
    Read: consume(registry),
  };
};

/** PersistentSubscriptions.Read: the consumer says which group, then answers what it is sent. */
const consume = (registry: Registry): Method => ({
  kind: 'client-stream',
  open: (call) => {
    let connected: { group: Group; consumer: Consumer } | undefined;
    const take = (bytes: Buffer) => {
      const request = consumerRequestOf(bytes);
      if (request.kind === 'connect') {
        if (connected) throw invalid('The group has been named already');
        const { group } = registry.get(request);
        call.write(confirmationFrame(`${request.source}::${request.group}`));
        connected = { group, consumer: group.connect(call, request.bufferSize, request.uuids) };
        return;
      }
      if (!connected) throw invalid('The first message must name the group');
      const { group, consumer } = connected;
      if (request.kind === 'ack') group.ack(consumer, request.ids);
      else group.nack(consumer, request.ids, request.action, request.reason);
    };
    return {
      message: (bytes) => {
        if (call.isClosed()) return;
        try {
          take(bytes);
        } catch (error) {
          call.fail(error);
        }
      },
      end: () => call.finish(),
    };
  },
});
