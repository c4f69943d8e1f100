import type { Content, PushManner } from './request.ts';

/** What is to be said, by channel; a channel that there are no words for isn't there. */
export type Texts = {
  email?: { subject: string; text: string | null; html: string | null };
  sms?: { text: string };
  /** `data`: for the app, unseen by the person. */
  push?: { title: string; body: string; url: string | null; data?: Readonly<Record<string, string>> } & PushManner;
  in_app?: { title: string; body: string; url: string | null };
  /** `blocks`: Slack's, as they are; who has none shows the text. */
  chat?: { text: string; title?: string; url?: string; blocks?: readonly unknown[] };
  /** `type`: what happened, as `order.shipped`; `payload` is JSON. */
  webhook?: { type: string; payload: unknown };
};

/** The texts that a caller gave ready-made. One channel's words stand in for another's where they can. */
export const textsFrom = (content: Content): Texts => ({
  ...emailText(content),
  ...smsText(content),
  ...pushText(content),
  ...inAppText(content),
  ...chatText(content),
  ...webhookText(content),
});

const emailText = ({ subject, title, text, body, html }: Content): Texts => {
  const line = subject ?? title;
  const plain = text ?? body;
  return line === undefined || (plain === undefined && html === undefined) ? {} : { email: { subject: line, text: plain ?? null, html: html ?? null } };
};

const smsText = ({ text, body }: Content): Texts => {
  const words = text ?? body;
  return words === undefined ? {} : { sms: { text: words } };
};

const pushText = (content: Content): Texts => {
  const { in_app } = inAppText(content);
  return in_app === undefined ? {} : { push: { ...in_app, body: shortened(in_app.body), ...(content.data && { data: content.data }), ...content.push } };
};

const inAppText = ({ title, subject, body, text, url }: Content): Texts => {
  const line = title ?? subject;
  const words = body ?? text;
  return line === undefined || words === undefined ? {} : { in_app: { title: line, body: words, url: url ?? null } };
};

const chatText = ({ text, body, title, subject, url, blocks }: Content): Texts => {
  const words = text ?? body;
  const line = title ?? subject;
  return words === undefined
    ? {}
    : { chat: { text: words, ...(line !== undefined && { title: line }), ...(url !== undefined && { url }), ...(blocks && { blocks }) } };
};

/** The words as JSON, where no payload was given. */
const webhookText = (content: Content): Texts => {
  const { type = 'notification', payload, blocks, attachments, replyTo, push, ...words } = content;
  if (payload !== undefined) return { webhook: { type, payload } };
  return Object.keys(words).length === 0 ? {} : { webhook: { type, payload: words } };
};

// APNs and FCM take 4,096 bytes in all, of which a character may be four; telephones show some 200 characters.
const longestPush = 600;

/** Cut at a whole character, with an ellipsis, where it is too long to be pushed. */
const shortened = (text: string): string => {
  const characters = Array.from(text);
  return characters.length <= longestPush
    ? text
    : `${characters
        .slice(0, longestPush - 1)
        .join('')
        .trimEnd()}…`;
};
