import { expect, it } from 'vitest';
import type { ChatMessage, MessageChannel } from '../channel.ts';
import { chatChannel } from './chat.ts';

const closed: string[] = [];
const named = (name: string): MessageChannel<'chat'> => ({
  name,
  channel: 'chat',
  repeatable: false,
  send: async () => ({ status: 'accepted', reference: name }),
  close: async () => void closed.push(name),
});

it.each<[ChatMessage['to'], string]>([
  [{ slackChannel: 'C1' }, 'slack'],
  [{ slackUrl: 'https://hooks.slack.com/x' }, 'slack'],
  [{ teamsUrl: 'https://x.logic.azure.com/' }, 'teams'],
])('a message to %j goes over %s', async (to, reference) => {
  const chat = chatChannel(named('slack'), named('teams'));
  expect(await chat.send({ deliveryId: 'd1', notificationId: 'n1', channel: 'chat', to, text: 'Hello' })).toEqual({ status: 'accepted', reference });
});

it('closes both', async () => {
  await chatChannel(named('slack'), named('teams')).close();
  expect(closed).toEqual(['slack', 'teams']);
});
