import type { Receipt } from '../channel.ts';
import type { Verdict } from './refusals.ts';

/** What Vonage answers a message with, by the number that ends the address of its error's type: developer.vonage.com/api-errors/messages. */
export const verdicts: Readonly<Record<string, Verdict>> = {
  // The number: none, barred, or asked for no more messages.
  '110': 'recipient',
  '1050': 'recipient',
  '1170': 'recipient',
  '1240': 'recipient',
  '1430': 'recipient',
  // Not for this destination, or not with our sender there.
  '1120': 'destination',
  '1160': 'destination',
  // The account: barred, without credit, not for this API. The sender: not ours.
  '1060': 'configuration',
  '1070': 'configuration',
  '1080': 'configuration',
  '1140': 'configuration',
  '1420': 'configuration',
  'low-balance': 'configuration',
  unauthorized: 'configuration',
  unathorized: 'configuration',
  forbidden: 'configuration',
  unprovisioned: 'configuration',
  'account-suspended': 'configuration',
  '1000': 'throttled',
  '1241': 'throttled',
  '1030': 'unavailable',
};

type Fate = Pick<Receipt, 'what' | 'permanent'>;

/** Why a message that was taken didn't arrive. The address is at fault where it is bounced; all else only failed. */
export const fates: Readonly<Record<string, Fate>> = {
  '1050': { what: 'bounced', permanent: true },
  '1170': { what: 'bounced', permanent: true },
  '1190': { what: 'bounced', permanent: true },
  '1300': { what: 'bounced', permanent: true },
  // Switched off, busy, moved to another network, barred, without credit.
  '1180': { what: 'bounced', permanent: false },
  '1200': { what: 'bounced', permanent: false },
  '1220': { what: 'bounced', permanent: false },
  '1260': { what: 'bounced', permanent: false },
  '1280': { what: 'bounced', permanent: false },
  '1290': { what: 'bounced', permanent: false },
  '1240': { what: 'unsubscribed' },
};
