import type { ChatMessage, MessageChannel } from '../channel.ts';

/** Both chats as one channel: the address says which. */
export const chatChannel = (slack: MessageChannel<'chat'>, teams: MessageChannel<'chat'>): MessageChannel<'chat'> => ({
  name: 'chat',
  channel: 'chat',
  repeatable: slack.repeatable && teams.repeatable,
  send: (message: ChatMessage) => ('teamsUrl' in message.to ? teams : slack).send(message),
  close: async () => {
    await Promise.all([slack.close(), teams.close()]);
  },
});
