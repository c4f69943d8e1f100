import { bearsUnsubscribeLink } from '../../domain/notification/consent.ts';
import type { UnsubscribeLinks } from '../../platform/unsubscribe/unsubscribe-links.ts';
import type { Making } from './messages.ts';

/** The link that ends messages of this kind; undefined where a message bears none. */
export const unsubscribeUrlFor =
  (links: Pick<UnsubscribeLinks, 'urlFor'>) =>
  ({ notificationId, notification, delivery, addresses }: Making): string | undefined => {
    const { userId, category, priority } = notification;
    if (!bearsUnsubscribeLink({ channel: delivery.channel, priority })) return undefined;
    return links.urlFor({ userId, address: addresses.email ?? null, channel: delivery.channel, category, notificationId });
  };
