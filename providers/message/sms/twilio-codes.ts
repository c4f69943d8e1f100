import type { Receipt } from '../channel.ts';
import type { Verdict } from './refusals.ts';

/** What Twilio answers a message with: www.twilio.com/docs/api/errors. What isn't named here is judged by its status. */
export const verdicts: Readonly<Record<string, Verdict>> = {
  // No number, not to be reached, no mobile phone, a short code.
  '21211': 'recipient',
  '21214': 'recipient',
  '21217': 'recipient',
  '21614': 'recipient',
  '21265': 'recipient',
  // Has answered STOP.
  '21610': 'recipient',
  // Credentials, or an account that is suspended or may not do this.
  '20003': 'configuration',
  '20005': 'configuration',
  '20006': 'configuration',
  '20404': 'configuration',
  '10001': 'configuration',
  '30002': 'configuration',
  // The country isn't switched on; a trial account's numbers; not from our sender to there.
  '21408': 'destination',
  '21219': 'destination',
  '21608': 'destination',
  '21612': 'destination',
  // The sender: no number, not ours, or of no use for text messages.
  '21212': 'configuration',
  '21603': 'configuration',
  '21606': 'configuration',
  '21659': 'configuration',
  '21660': 'configuration',
  '21701': 'configuration',
  '21703': 'configuration',
  '21704': 'configuration',
  '21705': 'configuration',
  '21609': 'configuration',
  // Empty, or too long.
  '21602': 'message',
  '21617': 'message',
  '30007': 'message',
  // Too many requests, or the sender's queue is full, or the account's daily limit is reached.
  '20429': 'throttled',
  '14107': 'throttled',
  '21611': 'throttled',
  '30001': 'throttled',
  '63038': 'throttled',
  '20500': 'unavailable',
  '20503': 'unavailable',
};

type Fate = Pick<Receipt, 'what' | 'permanent'>;

/** Why a message that was taken didn't arrive. The address is at fault where it is bounced; all else only failed. */
export const fates: Readonly<Record<string, Fate>> = {
  // Switched off or without a network; the message is barred.
  '30003': { what: 'bounced', permanent: false },
  '30004': { what: 'bounced', permanent: false },
  // Unknown, or a landline.
  '30005': { what: 'bounced', permanent: true },
  '30006': { what: 'bounced', permanent: true },
  '21614': { what: 'bounced', permanent: true },
  '21610': { what: 'unsubscribed' },
};
