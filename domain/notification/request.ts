import type { Channel } from './channel.ts';
import type { PushToken } from './contacts.ts';

/** Where the caller wants it to go; what isn't said is looked up in the user's contacts when it is sent. */
export type Addresses = {
  email?: string;
  phone?: string;
  pushTokens?: PushToken[];
  slackChannel?: string;
  slackUrl?: string;
  teamsUrl?: string;
  webhookUrl?: string;
};

export type Attachment = { filename: string; contentType: string; content: string };

/**
 * `badge`: the number on the app's icon. `collapseKey`: a later push with the same takes the place of one that isn't seen yet. `ttlSeconds`:
 * after which it is of no use to a device that was off.
 */
export type PushManner = { badge?: number; collapseKey?: string; ttlSeconds?: number };

/** Ready text, as the caller gave it; one channel's words stand in for another's where they can (texts.ts). */
export type Content = {
  subject?: string;
  text?: string;
  html?: string;
  title?: string;
  body?: string;
  url?: string;
  /** For the apps on the person's devices. */
  data?: Readonly<Record<string, string>>;
  /** How a push shows on the device; see `PushManner`. */
  push?: PushManner;
  /** Slack's, as they are. */
  blocks?: { type: string }[];
  /** For webhooks: the name of what happened, and what it is about. */
  type?: string;
  payload?: unknown;
  /** For e-mail; `content` of each in base64. */
  attachments?: Attachment[];
  replyTo?: string;
};
export type InAppContent = { title: string; body: string; url: string | null };

/** Asked for together with others: they become one message, `windowSeconds` after the first of them or once there are `cap`. */
export type DigestTerms = { key: string; windowSeconds: number; cap: number };

/**
 * The group of an experiment that the person is in: a variant, or null where the person is held out. `recipient`: what the person is counted
 * under, no address. `withheldAt`: when it was decided that the person is to get nothing.
 */
export type ExperimentPart = { key: string; variant: string | null; recipient: string; withheldAt?: string };

/**
 * What figures tell a delivery apart by, said in each of its events, so that they can be counted one by one. `since`: where the event ends a
 * wait, when that began: for what is sent, the time from which it was to be; for what is delivered, when it was sent.
 */
export type DeliveryKind = { channel: Channel; template: string | null; category: string; since?: string };

/** `to`, `content`, `data` and `metadata` are sealed under the person's key, and absent where the person was erased. */
export type Request = {
  /** When it was asked for. */
  at?: string;
  userId: string | null;
  to?: Addresses;
  /** The version that it was asked for with, and is rendered from, however late. */
  template: { key: string; version: number } | null;
  content?: Content;
  data?: Readonly<Record<string, unknown>>;
  metadata?: Readonly<Record<string, string>>;
  category: string;
  priority: 'normal' | 'critical';
  locale: string;
  /** Nobody asked for a language: the person's own goes before `locale`. */
  anyLocale?: true;
  deliveries: readonly { id: string; channel: Channel; target?: string }[];
  /** Not to be sent before; absent: at once. */
  sendAt?: string;
  digest?: DigestTerms;
  /** The notifications that this one brings together. */
  digestOf?: string[];
  experiment?: ExperimentPart;
  /** Who asked, as limits count it. */
  caller?: string;
};

/** Whether there can be anybody on the channel: an address that was given, or a user whose contacts may have one. */
export const hasAddress = (channel: Channel, { userId, to }: Pick<Request, 'userId' | 'to'>): boolean => {
  switch (channel) {
    case 'email':
      return to?.email !== undefined || userId !== null;
    case 'sms':
      return to?.phone !== undefined || userId !== null;
    case 'push':
      return (to?.pushTokens ?? []).length > 0 || userId !== null;
    case 'in_app':
      return userId !== null;
    case 'chat':
      return [to?.slackChannel, to?.slackUrl, to?.teamsUrl].some((one) => one !== undefined);
    case 'webhook':
      return to?.webhookUrl !== undefined;
  }
};
