import type { MessageChannel } from '../channel.ts';

/** Every kind of push as one channel: a device's token says by its `provider` whose it is. */
export const pushChannel = (providers: Readonly<Record<string, MessageChannel<'push'>>>): MessageChannel<'push'> => {
  const all = new Map(Object.entries(providers));
  return {
    name: 'push',
    channel: 'push',
    repeatable: [...all.values()].every(({ repeatable }) => repeatable),
    send: async (message) => {
      const provider = all.get(message.to.provider);
      if (provider) return provider.send(message);
      return { status: 'rejected', code: 'no_provider', permanent: true, reason: 'No provider is set up for the kind of token.', blame: 'configuration' };
    },
    close: async () => {
      await Promise.all([...all.values()].map(({ close }) => close()));
    },
  };
};
