import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { type BreakableProxy, breakableProxy } from '../event-store/breakable-proxy.ts';
import type { PublicEvent } from './bus.ts';
import { busContract, busParts, short } from './contract.ts';
import { runPublisher } from './publisher.ts';
import { openRabbitMq } from './rabbitmq.ts';

const url = process.env.RABBITMQ_URL ?? '';
const log = pino({ level: 'silent' });
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** An exchange of its own, whose queues go with it. */
const freshExchange = (): string => {
  const exchange = `test-${randomUUID()}`;
  closing.unshift(() => remove(exchange));
  return exchange;
};
const remove = async (exchange: string): Promise<void> => {
  const model = await connect(url);
  const channel = await model.createChannel();
  for (const queue of ['dead', 'receipts', 'reports']) await channel.deleteQueue(`${exchange}.${queue}`);
  for (const name of [exchange, `${exchange}.dead`]) await channel.deleteExchange(name);
  await model.close();
};

const event = (subject: string, data: Record<string, unknown> = {}): PublicEvent => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/test',
  type: 'payment.paid',
  subject,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data,
});

const withProxy = async (): Promise<{ proxy: BreakableProxy; through: string }> => {
  const { hostname, port, username, password } = new URL(url);
  expect(hostname).toMatch(/^(127\.0\.0\.1|localhost)$/);
  const proxy = await breakableProxy(Number(port || 5672));
  closing.push(proxy.close);
  return { proxy, through: `amqp://${username}:${password}@127.0.0.1:${proxy.port}` };
};

describe.skipIf(url === '')('public events on RabbitMQ (RABBITMQ_URL)', () => {
  busContract('RabbitMQ', async (parts) => {
    const exchange = `test-${randomUUID()}`;
    const bus = await openRabbitMq({ url, log, exchange });
    let publisher: Promise<{ stop: () => Promise<void> }> | undefined;
    return {
      bus: {
        // Consumers are there before anything is published: a queue holds what comes after it was made.
        consume: async (...consumer) => {
          const running = await bus.consume(...consumer);
          publisher ??= runPublisher({ ...parts, publish: bus.publish, log });
          return running;
        },
      },
      close: async () => {
        await (await publisher)?.stop();
        await bus.close();
        await remove(exchange);
      },
    };
  });

  it('goes on after the connection broke, on either side, and loses nothing', async () => {
    const { proxy, through } = await withProxy();
    const exchange = freshExchange();
    const parts = busParts();
    const bus = await openRabbitMq({ url: through, log, exchange });
    closing.push(bus.close);
    const got = new Map<string, string>();
    const consumer = await bus.consume('receipts', ['payment.paid'], async (one) => void got.set(one.id, short(one)));
    closing.push(consumer.stop);
    const publisher = await runPublisher({ ...parts, publish: bus.publish, log });
    closing.push(publisher.stop);
    const append = (count: number) => {
      for (let n = 0; n < count; n += 1) parts.memory.append(`payment-${n}`, { type: 'Paid', data: {} });
    };
    append(50);
    proxy.cut();
    append(50);
    await expect.poll(() => got.size).toBe(100);
    proxy.refuse();
    append(50);
    await expect(bus.ping()).rejects.toThrow();
    proxy.heal();
    await expect.poll(() => got.size).toBe(150);
  });

  it('does not count as published what the broker has not confirmed', async () => {
    const { proxy, through } = await withProxy();
    const bus = await openRabbitMq({ url: through, log, exchange: freshExchange(), confirmMs: 300 });
    closing.push(bus.close);
    await bus.publish([event('1')]);
    proxy.swallowAnswers();
    await expect(bus.publish([event('2')])).rejects.toThrow('did not confirm');
    const waiting = bus.publish([event('3')]);
    proxy.cut();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => bus.publish([event('4')]).then(() => 'published', String)).toBe('published');
    await bus.publish([]);
  });

  it('gives what was not handled when a consumer is gone to the next one', async () => {
    const exchange = freshExchange();
    const first = await openRabbitMq({ url, log, exchange });
    const second = await openRabbitMq({ url, log, exchange });
    closing.push(first.close, second.close);
    const [failing, got]: [string[], string[]] = [[], []];
    const one = await first.consume('receipts', ['payment.paid'], async ({ subject }) => {
      failing.push(subject);
      throw new Error('cannot');
    });
    const other = await second.consume('receipts', ['payment.paid'], async ({ subject }) => void got.push(subject));
    closing.push(other.stop);
    await second.publish([event('1'), event('2')]);
    // One process at a time takes from the queue.
    await expect.poll(() => new Set(failing)).toEqual(new Set(['1', '2']));
    expect(got).toEqual([]);
    await one.stop();
    await expect.poll(() => got.toSorted()).toEqual(['1', '2']);
  });

  it('puts what is no event aside, and goes on', async () => {
    const exchange = freshExchange();
    const bus = await openRabbitMq({ url, log, exchange });
    closing.push(bus.close);
    const got: string[] = [];
    const consumer = await bus.consume('receipts', ['payment.paid'], async ({ subject }) => void got.push(subject));
    closing.push(consumer.stop);
    const model = await connect(url);
    closing.push(() => model.close());
    const channel = await model.createChannel();
    for (const body of ['no JSON', '{"specversion":"1.0"}', JSON.stringify(event(''))]) channel.publish(exchange, 'payment.paid', Buffer.from(body));
    await bus.publish([event('1')]);
    await expect.poll(() => got).toEqual(['1']);
    await expect.poll(async () => (await channel.checkQueue(`${exchange}.dead`)).messageCount).toBe(3);
  });

  it('takes no notice of what an earlier release had asked for', async () => {
    const exchange = freshExchange();
    const bus = await openRabbitMq({ url, log, exchange });
    closing.push(bus.close);
    await (await bus.consume('receipts', ['payment.paid', 'payment.old'], async () => {})).stop();
    await bus.publish([{ ...event('1'), type: 'payment.old' }, event('2')]);
    const got: string[] = [];
    const consumer = await bus.consume('receipts', ['payment.paid'], async ({ subject }) => void got.push(subject));
    closing.push(consumer.stop);
    await expect.poll(() => got).toEqual(['2']);
  });

  it('says what is wrong with an exchange that was made otherwise', async () => {
    const exchange = freshExchange();
    const model = await connect(url);
    await (await model.createChannel()).assertExchange(exchange, 'fanout', { durable: true });
    await model.close();
    await expect(openRabbitMq({ url, log, exchange })).rejects.toThrow(`does not take our exchange ${exchange}`);
  });
});

it('says who cannot be reached, without the password', async () => {
  await expect(openRabbitMq({ url: 'amqp://me:secret@127.0.0.1:1', log })).rejects.toThrow("RabbitMQ at 127.0.0.1:1 can't be reached (RABBITMQ_URL)");
});
