import type { Channel } from '../../domain/notification/channel.ts';
import { keyOf, lock, unlock } from '../personal-data/box.ts';

/** What a link ends: messages of a category on a channel, to a user, or to a mere address. `notificationId`: the message that it stood in. */
export type Subscription = {
  userId: string | null;
  address: string | null;
  channel: Channel;
  category: string;
  notificationId: string;
};

export type UnsubscribeLinks = {
  urlFor: (subscription: Subscription) => string;
  /** What a token says; undefined where it isn't one of ours, or was altered. */
  read: (token: string) => Subscription | undefined;
};

/** `key` has 32 bytes, in hex. `baseUrl` is asked for each link: a port may be known late. */
export type UnsubscribeSettings = { key: string; baseUrl: () => string };

/** Goes before the token and is bound to it, so that another kind can follow. */
const version = '1';

/**
 * Links to unsubscribe by, that work for as long as the message is kept. The token is sealed, not only signed: our callers' ids of users may
 * be addresses, and links are forwarded and logged.
 */
export const unsubscribeLinks = ({ key, baseUrl }: UnsubscribeSettings): UnsubscribeLinks => {
  const sealing = keyOf(Buffer.from(key, 'hex'));
  return {
    urlFor: ({ userId, address, channel, category, notificationId }) => {
      // Of a user nothing more need be known.
      const content = [userId, userId === null ? address : null, channel, category, notificationId];
      const token = lock(sealing, version, Buffer.from(JSON.stringify(content))).toString('base64url');
      return `${baseUrl().replace(/\/+$/, '')}/api/v1/unsubscribe/${version}${token}`;
    },
    read: (token) => {
      const box = Buffer.from(token.slice(1), 'base64url');
      // One token for one box: base64 has spare bits, in which another spelling could hide.
      if (!token.startsWith(version) || box.toString('base64url') !== token.slice(1)) return undefined;
      try {
        const [userId, address, channel, category, notificationId] = JSON.parse(unlock(sealing, version, box).toString());
        return { userId, address, channel, category, notificationId };
      } catch {
        return undefined;
      }
    },
  };
};
