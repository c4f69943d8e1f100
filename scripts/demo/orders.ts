import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One line of the input. `amount` in minor units; a credit names its customer, not its order. */
export type Order = {
  kind: 'order' | 'credit';
  order: string;
  at: string;
  customer: string | null;
  country: string | null;
  amount: number;
  currency: string;
  token?: string;
};

/** Orders of an NDJSON file, in its order. A line that is none is an error that names it. */
export async function* ordersOf(file: string): AsyncGenerator<Order> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() !== '') yield parse(line, `${file}:${number}`);
  }
}

export const countLines = async (file: string): Promise<number> => {
  let lines = 0;
  for await (const chunk of createReadStream(file)) for (const byte of chunk as Buffer) if (byte === 10) lines += 1;
  return lines;
};

const parse = (line: string, where: string): Order => {
  const order = JSON.parse(line) as Order;
  const complete =
    (order.kind === 'order' || order.kind === 'credit') &&
    typeof order.order === 'string' &&
    Number.isSafeInteger(order.amount) &&
    typeof order.currency === 'string';
  if (!complete) throw new Error(`${where}: not an order: needs kind (order or credit), order, amount (minor units) and currency`);
  return order;
};

// A small linear congruential generator: the same made-up orders each time, so that a second run replays the first.
const generator = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const markets = [
  ['GB', 'GBP'],
  ['DE', 'EUR'],
  ['FR', 'EUR'],
  ['US', 'USD'],
  ['JP', 'JPY'],
  ['KW', 'KWD'],
] as const;
const outcomes = [
  [0.86, 'tok_success'],
  [0.9, 'tok_decline_insufficient_funds'],
  [0.92, 'tok_decline_lost_card'],
  [0.94, 'tok_slow_50'],
  [0.96, 'tok_webhook_twice'],
  [0.98, 'tok_webhook_shuffled'],
  [1, 'tok_webhook_late'],
] as const;

/** `count` orders and credits of a made-up shop: several currencies, most succeed, some are declined, slow or decided by webhook. */
export async function* madeUpOrders(count: number): AsyncGenerator<Order> {
  const random = generator(42);
  const at = Date.parse('2026-01-01T08:00:00Z');
  for (let number = 1; number <= count; number += 1) {
    const customer = Math.floor(random() * Math.max(1, count / 8));
    const [country, currency] = markets[customer % markets.length] ?? markets[0];
    const roll = random();
    const token = outcomes.find(([below]) => roll < below)?.[1] ?? 'tok_success';
    // Three-decimal currencies end in 0, so that the amounts suit every provider.
    const amount = (100 + Math.floor(random() ** 3 * 50_000)) * 10;
    const kind = random() < 0.12 ? 'credit' : 'order';
    yield {
      kind,
      order: `demo-${number}`,
      at: new Date(at + number * 60_000).toISOString(),
      customer: `c${customer}`,
      country,
      amount: kind === 'credit' ? Math.ceil(amount / 40) * 10 : amount,
      currency,
      token,
    };
  }
}
