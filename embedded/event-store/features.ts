import { frameOf } from './frames.ts';
import type { Method } from './grpc.ts';
import { message, messageField, textField } from './wire.ts';

/** What clients are told they talk to: the EventStoreDB release whose behaviour this node has. */
export const SERVER_VERSION = '23.10.8';

const onBoth = ['stream', 'all'];
const services: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'streams.streams': { read: ['position', 'events'], append: [], delete: [], tombstone: [], batchappend: ['deadline_duration'] },
  'persistent_subscriptions.persistentsubscriptions': {
    create: onBoth,
    update: onBoth,
    delete: onBoth,
    read: onBoth,
    getinfo: onBoth,
    replayparked: onBoth,
    list: onBoth,
    restartsubsystem: onBoth,
  },
  'gossip.gossip': { read: [] },
  'monitoring.monitoring': { stats: [] },
  'server_features.serverfeatures': { getsupportedmethods: [] },
};

/** ServerFeatures.GetSupportedMethods: by this the client chooses BatchAppend. */
export const getSupportedMethods = (): Method => {
  const methods = Object.entries(services).flatMap(([service, methods]) =>
    Object.entries(methods).map(([method, features]) =>
      messageField(1, textField(1, method), textField(2, `event_store.client.${service}`), ...features.map((feature) => textField(3, feature))),
    ),
  );
  const answer = frameOf(message(...methods, textField(2, SERVER_VERSION)));
  return { kind: 'unary', handle: async () => answer };
};
