import type { Message, MessageChannel } from '../../providers/message/channel.ts';
import { feedChannel } from '../../providers/message/in-app/feed.ts';
import type { Senders } from '../../providers/message/sender.ts';
import { soleSender } from '../../providers/message/sole-sender.ts';

type Providers = { [C in Message['channel']]: MessageChannel<C> };

/** Senders with these providers, the feed, and none for the other channels: what is sent there is refused. */
export const sendersOf = (providers: Partial<Providers> = {}): Senders => ({
  email: soleSender(providers.email ?? none('email')),
  sms: soleSender(providers.sms ?? none('sms')),
  push: soleSender(providers.push ?? none('push')),
  in_app: soleSender(providers.in_app ?? feedChannel),
  chat: soleSender(providers.chat ?? none('chat')),
  webhook: soleSender(providers.webhook ?? none('webhook')),
});

const none = <C extends Message['channel']>(channel: C): MessageChannel<C> => ({
  name: 'none',
  channel,
  repeatable: true,
  send: async () => ({ status: 'rejected', code: 'no_provider', permanent: true, reason: 'The test has no provider for it.', blame: 'configuration' }),
  close: async () => {},
});
