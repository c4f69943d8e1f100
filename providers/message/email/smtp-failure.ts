import type { ChannelOutcome } from '../channel.ts';
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
  if (responseCode !== undefined && responseCode >= 400) return refusal(responseCode, code, reason);
  if (progress === 'handed_over') return { status: 'unknown', reason: `The connection was lost after the message was handed over: ${reason}` };
  // Without a reply these two come from the client's own checks, and would come again.
  if ((code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'DATA') return { status: 'rejected', code: code.toLowerCase(), permanent: true, reason };
  return { status: 'unavailable', reason };
};

// 530, 534, 535, 538: our credentials, not this message. 503: the session was out of step.
const ourFault = [503, 530, 534, 535, 538];
const busy = [450, 451, 452];

const refusal = (responseCode: number, code: string, reason: string): ChannelOutcome => {
  if (code === 'EAUTH' || ourFault.includes(responseCode)) return { status: 'unavailable', reason: `The mail server doesn't let us in: ${reason}` };
  if (responseCode >= 500) return { status: 'rejected', code: String(responseCode), permanent: true, reason };
  return busy.includes(responseCode) || /\b4\.7\.\d+/.test(reason) ? { status: 'throttled', retryAfterMs: null, reason } : { status: 'unavailable', reason };
};

const isError = (error: unknown): error is SmtpError => error instanceof Error;
