import type { Channel } from '../../domain/notification/delivery.ts';

/** `deliveryId` is the same at every try: what tells two tries from two messages. */
type Addressed = { deliveryId: string; notificationId: string };

export type EmailMessage = Addressed & { channel: 'email'; to: string; subject: string; text: string | null; html: string | null };
export type InAppMessage = Addressed & { channel: 'in_app'; userId: string; title: string; body: string; url: string | null };
export type Message = EmailMessage | InAppMessage;
export type MessageOf<C extends Channel> = Extract<Message, { channel: C }>;

/**
 * Every way that sending can end. Only `unknown` may have been sent without our being sure: it is never sent again, here or elsewhere.
 * Reasons name no person: they go into events and logs.
 */
export type ChannelOutcome =
  | { status: 'accepted'; reference: string }
  /** `permanent`: this message will never be taken. */
  | { status: 'rejected'; code: string; permanent: boolean; reason: string }
  /** Not sent: too much for now. `retryAfterMs` is null where the provider doesn't say how long. */
  | { status: 'throttled'; retryAfterMs: number | null; reason: string }
  /** Definitely not sent. */
  | { status: 'unavailable'; reason: string }
  | { status: 'unknown'; reason: string };

/** The contract of a channel's provider. `send` never throws; `providers/message/contract.ts` is the suite that each one passes. */
export type MessageChannel<C extends Channel> = {
  name: string;
  channel: C;
  /** Sending the same delivery again makes no second message, so a try that was cut off may simply be repeated. */
  repeatable: boolean;
  send: (message: MessageOf<C>) => Promise<ChannelOutcome>;
  close: () => Promise<void>;
};

/** The provider of each channel. */
export type Channels = { [C in Channel]: MessageChannel<C> };
