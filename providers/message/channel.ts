/** `deliveryId` is the same at every try: what tells two tries from two messages. */
type Addressed = { deliveryId: string; notificationId: string };

/** `content` in base64. */
export type Attachment = { filename: string; contentType: string; content: string };

/** `unsubscribeUrl`: takes a POST, as RFC 8058 asks; it becomes `List-Unsubscribe` and `List-Unsubscribe-Post`. */
export type EmailMessage = Addressed & {
  channel: 'email';
  to: string;
  subject: string;
  text: string | null;
  html: string | null;
  replyTo?: string;
  unsubscribeUrl?: string;
  attachments?: readonly Attachment[];
};
/** `to` is a number in E.164. */
export type SmsMessage = Addressed & { channel: 'sms'; to: string; text: string };
/** One device. `collapseKey`: a later message with the same takes its place; `ttlSeconds`: after which it is of no use. */
export type PushMessage = Addressed & {
  channel: 'push';
  to: { provider: string; token: string };
  title: string;
  body: string;
  url: string | null;
  data?: Readonly<Record<string, string>>;
  badge?: number;
  collapseKey?: string;
  ttlSeconds?: number;
};
export type InAppMessage = Addressed & { channel: 'in_app'; userId: string; title: string; body: string; url: string | null };
/** `blocks`: Slack's, as they are; who has none shows the text. */
export type ChatMessage = Addressed & {
  channel: 'chat';
  to: { slackChannel: string } | { slackUrl: string } | { teamsUrl: string };
  text: string;
  title?: string;
  url?: string;
  blocks?: readonly unknown[];
};
/** `secrets`: those in force, the newest first; each signs. */
export type WebhookMessage = Addressed & { channel: 'webhook'; url: string; secrets: readonly string[]; type: string; payload: unknown };

export type Message = EmailMessage | SmsMessage | PushMessage | InAppMessage | ChatMessage | WebhookMessage;
export type MessageOf<C extends Message['channel']> = Extract<Message, { channel: C }>;

/**
 * Whose fault a rejection is. `message`: nobody would take it. `recipient`: the address or token is put on the list of those that are not
 * sent to. `destination`: this provider doesn't serve this country or network for us, another may. `configuration`: it takes nothing of
 * ours until somebody mends the settings or the account, so another one may, and its circuit opens.
 */
export type Blame = 'message' | 'recipient' | 'destination' | 'configuration';

/**
 * Every way that sending can end. Only `unknown` may have been sent without our being sure: it is never sent again, here or elsewhere.
 * Reasons name no person: they go into events and logs.
 */
export type ChannelOutcome =
  | { status: 'accepted'; reference: string }
  | { status: 'rejected'; code: string /** This message will never be taken. */; permanent: boolean; reason: string; blame?: Blame }
  /** Not sent: too much for now. `retryAfterMs` is null where the provider doesn't say how long. */
  | { status: 'throttled'; retryAfterMs: number | null; reason: string }
  /** Definitely not sent. */
  | { status: 'unavailable'; reason: string }
  | { status: 'unknown'; reason: string };

/** The contract of a channel's provider. `send` never throws; `providers/message/contract.ts` is the suite that each one passes. */
export type MessageChannel<C extends Message['channel']> = {
  name: string;
  channel: C;
  /** Sending the same delivery again makes no second message, so a try that was cut off may simply be repeated. */
  repeatable: boolean;
  /** Which messages are for it; all of its channel where it doesn't say. */
  takes?: (message: MessageOf<C>) => boolean;
  /** By what the other side counts "too much": only messages of the same key wait after one. Everything waits where it doesn't say. */
  limitedBy?: (message: MessageOf<C>) => string;
  send: (message: MessageOf<C>) => Promise<ChannelOutcome>;
  /** Asks whether our keys work, where that can be asked without sending anything. Never throws. */
  check?: () => Promise<ChannelCheck>;
  close: () => Promise<void>;
};

export type ChannelCheck = { status: 'ok' } | { status: 'misconfigured' | 'unreachable'; reason: string };

/** What a provider reports of a message later, by webhook. */
export type Receipt = {
  /** The one that `accepted` named; empty where a provider doesn't say which message made somebody unsubscribe. */
  reference: string;
  /** Who unsubscribed, where `reference` is empty: a number in E.164. Personal: for the list of those that are not sent to, nowhere else. */
  address?: string;
  /** Unique with the provider: it may come twice. */
  eventId: string;
  at: string;
  what: 'sent' | 'delivered' | 'bounced' | 'failed' | 'opened' | 'clicked' | 'complained' | 'unsubscribed';
  /** Of a bounce: whether the address will never work. */
  permanent?: boolean;
  /** The provider's own code or words; names no person. */
  reason?: string;
};

/** The webhooks of a provider that reports. `url` is the one that was called, which some signatures cover. */
export type ReceiptWebhooks = {
  /**
   * Over the raw bytes, in constant time; without I/O but for a certificate that isn't in memory yet. `once`: what the signature covers where it
   * isn't the body: only the first body that comes with it is taken.
   */
  verify: (request: {
    body: Buffer;
    headers: Readonly<Record<string, string | string[] | undefined>>;
    url: string;
  }) => Promise<{ verified: true; once?: string } | { invalid: string }>;
  /** What a verified request says; some say it in the query of `url`. `confirm`: a subscription that has to be confirmed by a GET to this address. */
  read: (body: string, headers: Readonly<Record<string, string | string[] | undefined>>, url?: string) => { receipts: readonly Receipt[]; confirm?: string };
};
