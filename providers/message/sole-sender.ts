import type { Message, MessageChannel } from './channel.ts';
import type { Sender } from './sender.ts';

/** A channel that has one provider. */
export const soleSender = <C extends Message['channel']>({ name, channel, repeatable, send, close }: MessageChannel<C>): Sender<C> => ({
  channel,
  repeatable,
  send: async (message) => ({ provider: name, outcome: await send(message), before: [] }),
  close,
});
