import { circuitBreaker } from '../../../platform/circuit-breaker/circuit-breaker.ts';
import type { Message, MessageChannel, ReceiptWebhooks } from '../../../providers/message/channel.ts';
import { failover } from '../../../providers/message/failover.ts';
import { feedChannel } from '../../../providers/message/in-app/feed.ts';
import { pausing } from '../../../providers/message/pausing.ts';
import type { Sender, Senders } from '../../../providers/message/sender.ts';
import { withCircuit } from '../../../providers/message/with-circuit.ts';
import type { Call } from './calls.ts';
import type { By } from './ledger.ts';

export const providers = ['alpha', 'beta', 'gamma', 'delta', 'fcm', 'onesignal', 'slack', 'hooks'] as const;

/** How any of the providers' webhooks is read here: as the receipts that it is made of. */
export const plainWebhooks: ReceiptWebhooks = {
  verify: async () => ({ verified: true }),
  read: (body) => ({ receipts: JSON.parse(body) }),
};

type Settings = { call: Call; by: (notificationId: string) => By; now: () => number };

/** How one process sends: the real composition over providers of which some take a message twice, and some know it again. */
export const sendersOver = ({ call, by, now }: Settings): Senders => {
  const provider = <C extends Message['channel']>(channel: C, name: string, repeatable: boolean): MessageChannel<C> => {
    const bare: MessageChannel<C> = {
      ...{ name, channel, repeatable },
      send: (message) => call(name, repeatable, message, () => by(message.notificationId)),
      close: async () => {},
    };
    return pausing(withCircuit(bare, circuitBreaker({ patienceMs: 0, now })), now);
  };
  const over = <C extends Message['channel']>(channel: C, providers: readonly MessageChannel<C>[]): Sender<C> =>
    failover(
      channel,
      providers.map((one) => ({ name: one.name, weight: null, provider: one })),
    );
  return {
    email: over('email', [provider('email', 'alpha', false), provider('email', 'beta', false)]),
    sms: over('sms', [provider('sms', 'gamma', false), provider('sms', 'delta', true)]),
    push: over('push', [provider('push', 'fcm', true), provider('push', 'onesignal', true)]),
    in_app: over('in_app', [feedChannel]),
    chat: over('chat', [provider('chat', 'slack', false)]),
    webhook: over('webhook', [provider('webhook', 'hooks', true)]),
  };
};
