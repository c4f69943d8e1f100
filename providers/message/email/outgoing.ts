import { isEmailAddress, isHeaderText } from '../../../domain/notification/address.ts';
import type { ChannelOutcome, EmailMessage } from '../channel.ts';

type Rejected = Extract<ChannelOutcome, { status: 'rejected' }>;

const faulty = (code: string, reason: string, blame: 'message' | 'recipient' = 'message'): Rejected => ({
  status: 'rejected',
  code,
  permanent: true,
  reason,
  blame,
});

/** Why no server should be asked to take a message; undefined where one may. What it would forge a header with ends here. */
export const faultOf = ({ to, subject, text, html, replyTo, unsubscribeUrl, attachments = [] }: EmailMessage): Rejected | undefined => {
  if (!isEmailAddress(to)) return faulty('invalid_address', 'The recipient is no e-mail address.', 'recipient');
  if (!isHeaderText(subject)) return faulty('invalid_subject', 'The subject holds a line break.');
  if (!text && !html) return faulty('empty_message', 'The message has no body.');
  if (replyTo !== undefined && !isEmailAddress(replyTo)) return faulty('invalid_reply_to', 'The address to reply to is none.');
  if (unsubscribeUrl !== undefined && !isWebAddress(unsubscribeUrl)) return faulty('invalid_unsubscribe_url', 'The address to unsubscribe at is none.');
  if (attachments.some(({ filename, contentType }) => !isHeaderText(filename) || !/^[\w.+-]+\/[\w.+-]+$/.test(contentType)))
    return faulty('invalid_attachment', 'The name or the type of an attachment can’t stand in a header.');
  return undefined;
};

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** RFC 8058 asks for HTTPS: without it the list has an address, but no one-click. */
const unsubscribing = (url: string): Record<string, string> => {
  const { href, protocol } = new URL(url);
  return { 'List-Unsubscribe': `<${href}>`, ...(protocol === 'https:' ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}) };
};

/** The headers that every message of ours bears, whoever sends it. */
export const headersOf = ({ deliveryId, unsubscribeUrl }: EmailMessage): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
  'X-Delivery-Id': deliveryId,
  ...(unsubscribeUrl === undefined ? {} : unsubscribing(unsubscribeUrl)),
});
