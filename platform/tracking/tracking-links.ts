import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { sealedTokens } from '../sealed-token.ts';

/** Which message it is about. */
export type Tracked = { notificationId: string; deliveryId: string };

/** Addresses of ours that tell that a message was opened, or where it was clicked. `link` counts the links of the message from 0. */
export type TrackingLinks = {
  openUrl: (tracked: Tracked) => string;
  clickUrl: (tracked: Tracked, link: number, url: string) => string;
  /** What a token says; undefined where it isn't one of ours, or was altered. */
  readOpen: (token: string) => Tracked | undefined;
  readClick: (token: string) => (Tracked & { link: number; url: string }) | undefined;
  /** Whether it is one of these already. */
  isOurs: (url: string) => boolean;
};

const Open = Compile(Type.Tuple([Type.String(), Type.String()]));
const Click = Compile(Type.Tuple([Type.String(), Type.String(), Type.Integer(), Type.String()]));

/** `key` has 32 bytes, in hex. `baseUrl` is asked for each link: a port may be known late. No target that wasn't sealed by us is ever redirected to. */
export const trackingLinks = ({ key, baseUrl }: { key: string; baseUrl: () => string }): TrackingLinks => {
  const opens = sealedTokens(key, 'o');
  const clicks = sealedTokens(key, 'c');
  const base = () => `${baseUrl().replace(/\/+$/, '')}/api/v1/track`;
  return {
    openUrl: ({ notificationId, deliveryId }) => `${base()}/open?t=${opens.seal([notificationId, deliveryId])}`,
    clickUrl: ({ notificationId, deliveryId }, link, url) => `${base()}/click?t=${clicks.seal([notificationId, deliveryId, link, url])}`,
    readOpen: (token) => {
      const content = opens.open(token);
      return Open.Check(content) ? { notificationId: content[0], deliveryId: content[1] } : undefined;
    },
    readClick: (token) => {
      const content = clicks.open(token);
      return Click.Check(content) ? { notificationId: content[0], deliveryId: content[1], link: content[2], url: content[3] } : undefined;
    },
    isOurs: (url) => url.startsWith(`${baseUrl().replace(/\/+$/, '')}/api/v1/`),
  };
};
