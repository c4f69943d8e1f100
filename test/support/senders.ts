import type { Message, MessageChannel } from '../../providers/message/channel.ts';
import { failover } from '../../providers/message/failover.ts';
import { feedChannel } from '../../providers/message/in-app/feed.ts';
import type { Sender, Senders } from '../../providers/message/sender.ts';

type Providers = { [C in Message['channel']]: MessageChannel<C> };

/** Senders with these providers, the feed, and none for the other channels: what is sent there is refused. */
export const sendersOf = (providers: Partial<Providers> = {}): Senders => ({
  email: sole(providers.email ?? none('email')),
  sms: sole(providers.sms ?? none('sms')),
  push: sole(providers.push ?? none('push')),
  in_app: sole(providers.in_app ?? feedChannel),
  chat: sole(providers.chat ?? none('chat')),
  webhook: sole(providers.webhook ?? none('webhook')),
});

const none = <C extends Message['channel']>(channel: C): MessageChannel<C> => ({
  name: 'none',
  channel,
  repeatable: true,
  send: async () => ({ status: 'rejected', code: 'no_provider', permanent: true, reason: 'The test has no provider for it.', blame: 'configuration' }),
  close: async () => {},
});

const sole = <C extends Message['channel']>(provider: MessageChannel<C>): Sender<C> =>
  failover(provider.channel, [{ name: provider.name, weight: null, provider }]);
