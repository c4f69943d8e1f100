import type { ChannelOutcome, Message, MessageOf } from './channel.ts';

/** A provider that was asked, or would have been, and definitely sent nothing. The reason names no person. */
export type SkippedProvider = { provider: string; reason: string };

/** How sending through a channel's providers ended: who was asked last, and who before it definitely sent nothing. */
export type Sent = { provider: string; outcome: ChannelOutcome; before: readonly SkippedProvider[] };

/** A channel as it is used, however many providers stand behind it. `send` never throws. */
export type Sender<C extends Message['channel']> = {
  channel: C;
  /** Its provider is, and there is no other: a try that was cut off may simply be repeated. */
  repeatable: boolean;
  send: (message: MessageOf<C>) => Promise<Sent>;
  close: () => Promise<void>;
};

/** Every channel can be asked; one that nothing is set up for goes to the outbox. */
export type Senders = { [C in Message['channel']]: Sender<C> };
