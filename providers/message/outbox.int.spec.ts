import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres, type Pool } from '../../platform/postgres/postgres.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import type { EmailMessage } from './channel.ts';
import { channelContract } from './contract.ts';
import { openOutbox } from './outbox.ts';

const message = (deliveryId: string): EmailMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'email',
  to: 'ada@example.com',
  subject: `Receipt ${deliveryId}`,
  text: 'Thank you.\n',
  html: null,
});

const fresh = async () => {
  const database = await freshDatabase();
  const pool = openPostgres(database.url, { max: 3 });
  const outbox = await openOutbox(pool);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await pool.end();
    await database.drop();
  };
  return { outbox, close };
};

const works = async () => {
  const { outbox, close } = await fresh();
  return { channel: outbox.email, arrived: async () => (await outbox.list({ limit: 100 })).data.length, close };
};

channelContract('The outbox', {
  message,
  open: {
    works,
    down: async () => {
      const opened = await works();
      await opened.close();
      return opened;
    },
  },
});

describe('the outbox', () => {
  let database: FreshDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPostgres(database.url, { max: 3 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('keeps what comes at one moment; what it cannot keep holds up no other', async () => {
    const { outbox, close } = await fresh();
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const unkeepable = { ...message(randomUUID()), text: 'no text in PostgreSQL has a \u0000' };
    const outcomes = await Promise.all([...ids.map(message), unkeepable].map(outbox.email.send));
    expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted', 'unavailable']);
    const listed = (await outbox.list({ limit: 100 })).data.map(({ id }) => id);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    await close();
  });

  it('is listed newest first, page by page', async () => {
    const outbox = await openOutbox(pool);
    const ids = Array.from({ length: 5 }, () => randomUUID());
    for (const id of ids) await outbox.email.send(message(id));
    const first = await outbox.list({ limit: 3 });
    const second = await outbox.list({ limit: 3, ...(first.next && { after: first.next }) });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(second.next).toBeUndefined();
    expect(first.data[0]).toEqual({
      id: ids[4],
      notificationId: 'n1',
      channel: 'email',
      to: 'ada@example.com',
      subject: `Receipt ${ids[4]}`,
      text: 'Thank you.\n',
      at: expect.any(String),
    });
  });

  it('keeps what would go by any channel', async () => {
    const outbox = await openOutbox(pool);
    const to = () => ({ deliveryId: randomUUID(), notificationId: 'n2' });
    await outbox.sms.send({ ...to(), channel: 'sms', to: '+4915112345678', text: 'Paid' });
    await outbox.push.send({ ...to(), channel: 'push', to: { provider: 'fcm', token: 't1' }, title: 'Paid', body: 'Thank you', url: null });
    await outbox.chat.send({ ...to(), channel: 'chat', to: { slackChannel: 'C1' }, text: 'Paid', url: 'https://shop.example' });
    await outbox.chat.send({ ...to(), channel: 'chat', to: { teamsUrl: 'https://teams.example' }, text: 'Paid', title: 'Payments' });
    await outbox.webhook.send({ ...to(), channel: 'webhook', url: 'https://other.example', secrets: [], type: 'order.paid', payload: { id: 1 } });
    const { data } = await outbox.list({ limit: 5 });
    expect(data.map(({ channel, to: address, subject, text }) => [channel, address, subject, text]).toReversed()).toEqual([
      ['sms', '+4915112345678', undefined, 'Paid'],
      ['push', 'fcm:t1', 'Paid', 'Thank you'],
      ['chat', 'C1', undefined, 'Paid\nhttps://shop.example'],
      ['chat', 'https://teams.example', 'Payments', 'Paid'],
      ['webhook', 'https://other.example', 'order.paid', '{"id":1}'],
    ]);
  });

  it('refuses what is no number', async () => {
    const outbox = await openOutbox(pool);
    const outcome = await outbox.sms.send({ deliveryId: randomUUID(), notificationId: 'n3', channel: 'sms', to: '12', text: 'Paid' });
    expect(outcome).toMatchObject({ status: 'rejected', code: 'invalid_number', blame: 'recipient' });
  });

  it('refuses what is no address', async () => {
    const outbox = await openOutbox(pool);
    expect(await outbox.email.send({ ...message(randomUUID()), to: 'nobody' })).toMatchObject({ status: 'rejected', code: 'invalid_address', permanent: true });
  });
});
