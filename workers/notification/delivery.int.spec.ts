import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { smtp, smtpDefaults } from '../../providers/message/email/smtp.ts';
import { notificationHouse } from '../../test/support/notification-house.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A mail server that answers the first messages as told, each before or after it has taken them, and then takes all. */
const mailServer = async (answers: readonly ('451 before' | '550 before' | 'cut after')[] = []) => {
  const script = [...answers];
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onRcptTo: (_, __, done) => {
      const code = script[0]?.endsWith('before') ? Number(script.shift()?.slice(0, 3)) : undefined;
      done(code === undefined ? null : Object.assign(new Error('not now'), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        taken.push(text);
        if (script.shift() !== 'cut after') return done();
        for (const connection of server.connections) if (connection.id === session.id) connection.close();
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `smtp://127.0.0.1:${address.port}`, taken };
};

const houseWith = async (url: string) => {
  const email = await smtp({ ...smtpDefaults, url, from: { name: 'The Shop', address: 'shop@example.org' }, silenceTimeoutMs: 2_000 });
  closers.push(email.close);
  const house = await notificationHouse({ email });
  closers.push(house.close);
  const ask = async () => {
    const { body } = await house.call('POST', '/api/v1/notifications', {
      userId: 'u1',
      to: { email: 'ada@example.com' },
      content: { subject: 'Hello', text: 'there' },
    });
    return String(body.id);
  };
  const ended = async (id: string) => {
    const settled = await house.notifications.waitUntil(
      id,
      (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => Object.keys(facts).some((kind) => kind !== 'delayed')),
      { timeoutMs: 60_000 },
    );
    if (!settled) throw new Error('it never ended');
    const { body } = await house.call('GET', `/api/v1/notifications/${id}`, undefined, { 'x-after-position': String(settled.position) });
    return body;
  };
  return { house, ask, ended };
};

describe('e-mail through a real mail server', () => {
  it('is sent, and its Message-ID is what the lookup shows', async () => {
    const server = await mailServer();
    const { ask, ended } = await houseWith(server.url);
    const notification = await ended(await ask());
    expect(notification.deliveries[0]).toMatchObject({ provider: 'smtp', status: 'sent' });
    expect(server.taken).toEqual([expect.stringContaining(`Message-ID: ${notification.deliveries[0].providerMessageId}`)]);
  });

  it('is tried again while the server is busy, in the app at once, and arrives once', async () => {
    const server = await mailServer(['451 before', '451 before']);
    const { house, ask, ended } = await houseWith(server.url);
    const id = await ask();
    const notification = await ended(id);
    expect(server.taken).toHaveLength(1);
    expect(notification.deliveries[0]).toMatchObject({
      status: 'sent',
      attempts: [
        { number: 1, outcome: 'delayed' },
        { number: 3, outcome: 'sent' },
      ],
    });
    const { events } = await house.notifications.history(id);
    expect(events.map(({ type }) => type)).toEqual(['NotificationRequested', expect.any(String), expect.any(String), 'DeliverySent']);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['DeliveryDelayed', 'InAppDelivered']));
  });

  it('is unknown where the answer was lost after the server took it, and is not sent again', async () => {
    const server = await mailServer(['cut after']);
    const { ask, ended } = await houseWith(server.url);
    const notification = await ended(await ask());
    expect(notification.deliveries[0]).toMatchObject({ status: 'unknown', reason: expect.stringContaining('lost') });
    expect(server.taken).toHaveLength(1);
  });

  it('fails where the server refuses the person, whose address is in no plain event', async () => {
    const server = await mailServer(['550 before']);
    const { house, ask, ended } = await houseWith(server.url);
    const id = await ask();
    expect((await ended(id)).deliveries[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining('550') });
    for await (const { data } of house.store.read(`notification-${id}`)) expect(JSON.stringify(data)).not.toContain('ada@');
  });
});

describe('a person who was erased', () => {
  it('leaves no words in the history, which stays whole', async () => {
    const house = await notificationHouse();
    closers.push(house.close);
    const { body } = await house.call('POST', '/api/v1/notifications', {
      userId: 'gone',
      to: { email: 'ada@example.com' },
      content: { subject: 'Hello', text: 'there' },
    });
    await house.notifications.waitUntil(
      body.id,
      (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => Object.keys(facts).length > 0),
      { timeoutMs: 60_000 },
    );
    await house.personalData.erase('customer:gone');
    const { events, verified } = await house.notifications.history(body.id);
    expect(verified).toBe(true);
    expect(JSON.stringify(events.map(({ data }) => data))).not.toMatch(/ada@|Hello|there/);
  });
});
