import type { Channel } from './channel.ts';

// One address, no display name, no comments, no quoted local part: what shops' customers have. RFC 5321 lengths.
const local = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const label = /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** Whether mail can be addressed to it: one mailbox at a dotted domain, nothing that could break out of a header. */
export const isEmailAddress = (text: string): boolean => {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > 64 || text.length > 254) return false;
  const labels = text.slice(at + 1).split('.');
  return local.test(text.slice(0, at)) && labels.length > 1 && labels.every((one) => label.test(one));
};

/** Whether it may stand in a header line: no line break or other control character, which could begin a header of its own. */
export const isHeaderText = (text: string): boolean => !/[\p{Cc}\u2028\u2029]/u.test(text);

/** E.164: a plus, a country code, at most 15 digits. */
export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

/** The one spelling of an address on a channel: what reaches the same place is the same. For push it is the token. */
export const normalAddress = (channel: Channel, address: string): string => {
  const plain = address.trim().normalize('NFC');
  switch (channel) {
    case 'email':
      return plain.toLowerCase();
    case 'sms':
      return plain.replace(/[\s().-]/g, '');
    case 'push':
    case 'in_app':
    case 'chat':
    case 'webhook':
      return plain;
  }
};

/** Whether anything could be sent there. */
export const isAddress = (channel: Channel, address: string): boolean => {
  switch (channel) {
    case 'email':
      return isEmailAddress(address);
    case 'sms':
      return isPhoneNumber(address);
    case 'push':
    case 'in_app':
    case 'chat':
    case 'webhook':
      return address !== '';
  }
};
