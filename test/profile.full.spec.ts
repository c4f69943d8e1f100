import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { call, freePort, launch, type Platform, platform, type Started, started } from './support/platform.ts';

const { POSTGRES_URL, REDIS_URL, MONGODB_URL, RABBITMQ_URL } = process.env;

/** A database of its own on the server that is named. */
const withDatabase = (url: string, name: string): string => {
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const postgresDatabase = async (): Promise<string> => {
  const name = `profile_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client({ connectionString: POSTGRES_URL });
  await admin.connect();
  await admin.query(`create database ${name}`);
  closers.push(async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return withDatabase(String(POSTGRES_URL), name);
};

const mongoDatabase = async (): Promise<string> => {
  const name = `profile_${randomUUID().slice(0, 8)}`;
  closers.push(async () => {
    const client = await MongoClient.connect(String(MONGODB_URL));
    await client.db(name).dropDatabase();
    await client.close();
  });
  return withDatabase(String(MONGODB_URL), name);
};

/** The broker that is named, without what another run has left there. */
const broker = async (): Promise<string> => {
  const clean = async () => {
    const model = await connect(String(RABBITMQ_URL));
    const channel = await model.createChannel();
    for (const queue of ['dead', 'notification-receipts']) await channel.deleteQueue(`commerce.events.${queue}`);
    for (const exchange of ['commerce.events', 'commerce.events.dead']) await channel.deleteExchange(exchange);
    await model.close();
  };
  await clean();
  closers.push(clean);
  return String(RABBITMQ_URL);
};

/** Pays, refunds a part, and finds all of it: at the provider, in the read models, in the outbox and in the feed. */
const firstPayment = async ({ paymentUrl, notificationUrl }: Platform): Promise<void> => {
  const customer = { id: `c-${randomUUID()}`, email: 'ada@example.com', country: 'GB' };
  const created = await call('POST', `${paymentUrl}/api/v1/payments`, { amount: 2_500, currency: 'GBP', customer });
  expect(created.status).toBe(201);
  const payment = `${paymentUrl}/api/v1/payments/${created.body.id}`;
  const paid = await call('POST', `${payment}/process`, { paymentMethod: { type: 'card', token: 'tok_success' } });
  expect(paid).toMatchObject({ status: 200, body: { status: 'succeeded', amountCaptured: 2_500 } });
  const refunded = await call('POST', `${payment}/refund`, { amount: 700 });
  expect(refunded).toMatchObject({ body: { status: 'succeeded', amount: 700 } });
  const after = { 'x-after-position': refunded.headers.get('x-position') ?? '' };
  expect(await call('GET', payment, undefined, after)).toMatchObject({ status: 200, body: { amountRefunded: 700, status: 'succeeded' } });
  const listed = await call('GET', `${paymentUrl}/api/v1/payments?customerId=${customer.id}`, undefined, after);
  expect(listed.body.data).toMatchObject([{ id: created.body.id, amountRefunded: 700 }]);
  expect(await call('GET', `${payment}/events`)).toMatchObject({ status: 200, body: { verified: true } });
  const feed = async () => ((await call('GET', `${notificationUrl}/api/v1/feed/${customer.id}`)).body.data as unknown[]).length;
  await expect.poll(feed).toBe(2);
  const outbox = await call('GET', `${notificationUrl}/api/v1/outbox?limit=10`);
  expect(outbox.body.data).toMatchObject([{ to: 'ada@example.com' }, { to: 'ada@example.com' }]);
};

describe.skipIf(!POSTGRES_URL || !REDIS_URL)('servers of one’s own', () => {
  it.skipIf(!MONGODB_URL)('all roles in one process, on PostgreSQL, Redis and MongoDB’s protocol', async () => {
    const here = await platform();
    closers.push(here.close);
    await here.start({ POSTGRES_URL: await postgresDatabase(), REDIS_URL: withDatabase(String(REDIS_URL), '9'), MONGODB_URL: await mongoDatabase() });
    await firstPayment(here);
  });

  it.skipIf(!RABBITMQ_URL)('public events over RabbitMQ', async () => {
    const url = await broker();
    const here = await platform();
    closers.push(here.close);
    await here.start({ RABBITMQ_URL: url });
    await firstPayment(here);
    expect(await call('GET', `${here.paymentUrl}/health`)).toMatchObject({ status: 200, body: { checks: { rabbitMq: { status: 'ok' } } } });
  });

  it('each role in a process of its own', async () => {
    const here = await platform();
    closers.push(here.close);
    const shared = {
      ...here.environment,
      POSTGRES_URL: await postgresDatabase(),
      REDIS_URL: withDatabase(String(REDIS_URL), '8'),
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
    const run = async (environment: Record<string, string>, ...roles: string[]): Promise<Started> => {
      const one = launch(environment, ...roles);
      closers.push(async () => {
        one.process.kill('SIGTERM');
        await one.exited;
      });
      await started(one);
      return one;
    };
    const spare = { PAYMENT_PORT: String(await freePort()), NOTIFICATION_PORT: String(await freePort()) };
    await run({ ...shared, ...spare }, 'eventstore');
    await run({ ...shared, PAYMENT_PUBLIC_URL: here.paymentUrl }, 'worker');
    await run(shared, 'projector');
    await run(shared, 'notification');
    await run(shared, 'payment');
    await firstPayment(here);
  });
});
