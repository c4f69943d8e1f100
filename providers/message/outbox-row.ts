import { isEmailAddress } from '../../domain/notification/address.ts';
import type { ChannelOutcome, ChatMessage, MessageOf } from './channel.ts';
import { isPhoneNumber, noPhoneNumber } from './sms/number.ts';

/** What is sent to somebody outside. */
export type OutboxChannel = 'email' | 'sms' | 'push' | 'chat' | 'webhook';

/** Why not even the outbox takes it; undefined where it does. */
export const faultOf = (message: MessageOf<OutboxChannel>): ChannelOutcome | undefined => {
  if (message.channel === 'email' && !isEmailAddress(message.to))
    return { status: 'rejected', code: 'invalid_address', permanent: true, reason: 'The recipient is no e-mail address.', blame: 'recipient' };
  return message.channel === 'sms' && !isPhoneNumber(message.to) ? noPhoneNumber : undefined;
};

/** A message as the table of the outbox has it. */
export const rowOf = (message: MessageOf<OutboxChannel>) => ({
  delivery_id: message.deliveryId,
  notification_id: message.notificationId,
  channel: message.channel,
  ...wordsOf(message),
});

type Words = { recipient: string; subject: string | null; text: string | null; html: string | null };

const wordsOf = (message: MessageOf<OutboxChannel>): Words => {
  switch (message.channel) {
    case 'email':
      return { recipient: message.to, subject: message.subject, text: message.text, html: message.html };
    case 'sms':
      return { recipient: message.to, subject: null, text: message.text, html: null };
    case 'push':
      return { recipient: `${message.to.provider}:${message.to.token}`, subject: message.title, text: lines(message.body, message.url), html: null };
    case 'chat':
      return { recipient: addressOf(message.to), subject: message.title ?? null, text: lines(message.text, message.url), html: null };
    case 'webhook':
      return { recipient: message.url, subject: message.type, text: JSON.stringify(message.payload), html: null };
  }
};

const lines = (text: string, url: string | null | undefined): string => (url ? `${text}\n${url}` : text);

const addressOf = (to: ChatMessage['to']): string => {
  if ('slackChannel' in to) return to.slackChannel;
  return 'slackUrl' in to ? to.slackUrl : to.teamsUrl;
};
