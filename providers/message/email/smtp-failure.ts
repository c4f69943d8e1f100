import type { Blame, ChannelOutcome } from '../channel.ts';
import { withoutAddresses } from '../http/words.ts';

/** Whether all of the message, with the dot that ends it, had gone to the server: only then can it have been accepted. */
export type Progress = 'handed_over' | 'not_handed_over';

type SmtpError = Error & { code?: string; responseCode?: number; response?: string; command?: string };

/**
 * What a failed SMTP conversation means (RFC 5321 4.2.1, 4.5.3; RFC 3463 for the enhanced codes). A reply of the server is always sure:
 * 4yz and 5yz say that it has not taken the message. Silence is sure only before the message was handed over.
 */
export const smtpFailure = (error: unknown, progress: Progress): ChannelOutcome => {
  const { code = '', responseCode, response = '', command = '', message } = isError(error) ? error : { message: String(error) };
  const reason = withoutAddresses(response || message);
  if (responseCode !== undefined && responseCode >= 400) return refusal({ responseCode, code, command, reason });
  if (progress === 'handed_over') return { status: 'unknown', reason: `The connection was lost after the message was handed over: ${reason}` };
  // Without a reply these two come from the client's own checks, and would come again.
  if ((code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'DATA')
    return { status: 'rejected', code: code.toLowerCase(), permanent: true, reason, blame: 'message' };
  return { status: 'unavailable', reason };
};

// 530, 534, 535, 538: our credentials. RFC 3463, X.1.7 and X.1.8: the sender's address. Neither is this message's fault.
const credentials = [530, 534, 535, 538];
const busy = [450, 451, 452];

const refusal = ({ responseCode, code, command, reason }: { responseCode: number; code: string; command: string; reason: string }): ChannelOutcome => {
  if (code === 'EAUTH' || credentials.includes(responseCode))
    return { status: 'rejected', code: String(responseCode), permanent: false, reason: `The mail server doesn't let us in: ${reason}`, blame: 'configuration' };
  // The session was out of step: another one won't be.
  if (responseCode === 503) return { status: 'unavailable', reason };
  if (responseCode >= 500) {
    const blame = blameOf(responseCode, command, /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reason)?.[0]);
    return { status: 'rejected', code: String(responseCode), permanent: blame === 'message' || blame === 'recipient', reason, blame };
  }
  return busy.includes(responseCode) || /\b4\.7\.\d+/.test(reason) ? { status: 'throttled', retryAfterMs: null, reason } : { status: 'unavailable', reason };
};

/** No such mailbox, domain or person; it has moved; it is switched off (RFC 3463, RFC 7505). */
const deadAddress = /^5\.(1\.(1|2|3|6|10)|2\.1)$/;

/** The enhanced code says it, where there is one; else when the server said no. `MAIL FROM` is about us, and so is a relay that isn't ours. */
const blameOf = (responseCode: number, command: string, enhanced: string | undefined): Blame => {
  if (command.startsWith('MAIL')) return 'configuration';
  if (enhanced !== undefined && deadAddress.test(enhanced)) return 'recipient';
  if (enhanced === '5.1.7' || enhanced === '5.1.8') return 'configuration';
  if (!command.startsWith('RCPT')) return 'message';
  if (enhanced !== undefined && enhanced !== '5.0.0') return 'destination';
  return [550, 551, 553].includes(responseCode) ? 'recipient' : 'destination';
};

const isError = (error: unknown): error is SmtpError => error instanceof Error;
