import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Channel, channels } from '../../domain/notification/channel.ts';
import { sealedTokens } from '../sealed-token.ts';

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

/**
 * Links to unsubscribe by, that work for as long as the message is kept. The token is sealed, not only signed: our callers' ids of users may
 * be addresses, and links are forwarded and logged.
 */
export const unsubscribeLinks = ({ key, baseUrl }: UnsubscribeSettings): UnsubscribeLinks => {
  const tokens = sealedTokens(key, '1');
  return {
    urlFor: ({ userId, address, channel, category, notificationId }) => {
      // Of a user nothing more need be known.
      const content = [userId, userId === null ? address : null, channel, category, notificationId];
      return `${baseUrl().replace(/\/+$/, '')}/api/v1/unsubscribe/${tokens.seal(content)}`;
    },
    read: (token) => {
      const content = tokens.open(token);
      if (!Content.Check(content)) return undefined;
      const [userId, address, channel, category, notificationId] = content;
      return { userId, address, channel, category, notificationId };
    },
  };
};

const OrNull = Type.Union([Type.String(), Type.Null()]);
const Content = Compile(Type.Tuple([OrNull, OrNull, Type.Enum([...channels]), Type.String(), Type.String()]));
