import { createHmac } from 'node:crypto';
import { normalAddress } from '../domain/notification/address.ts';
import type { Channel } from '../domain/notification/channel.ts';

/** What an address is known by where it mustn't stand itself: from its id nobody finds the address without the key. */
export type AddressIds = (channel: Channel, address: string) => string;

/** RFC 9562's version 8: 122 bits of an HMAC-SHA256 of channel and address in its one spelling. Never to be changed: who isn't sent to hangs on it. */
export const addressIds =
  (key: string): AddressIds =>
  (channel, address) => {
    const hmac = createHmac('sha256', key)
      .update(`${channel}\n${normalAddress(channel, address)}`)
      .digest('hex');
    const variant = ((Number.parseInt(hmac.charAt(16), 16) & 3) | 8).toString(16);
    return `${hmac.slice(0, 8)}-${hmac.slice(8, 12)}-8${hmac.slice(13, 16)}-${variant}${hmac.slice(17, 20)}-${hmac.slice(20, 32)}`;
  };
