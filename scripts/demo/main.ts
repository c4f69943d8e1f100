// npm run demo -- [FILE.ndjson] [--count N] [--concurrency N]: charges each order, refunds each credit, and holds the outcome against the records.
import { parseArgs } from 'node:util';
import { shop } from './charge.ts';
import { checkAgainstRecords } from './check.ts';
import { client } from './client.ts';
import { instance } from './instance.ts';
import { countLines, madeUpOrders, type Order, ordersOf } from './orders.ts';
import { progress } from './progress.ts';
import { closingTable } from './table.ts';
import { tally } from './tally.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '2000' }, concurrency: { type: 'string', default: '32' } },
});
const [file] = positionals;
const count = Number(values.count);
const concurrency = Number(values.concurrency);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(concurrency) || concurrency < 1)
  throw new Error('--count and --concurrency take whole numbers from 1');

/** Runs `work` on every order, at most `concurrency` at a time, one customer's orders one after the other. */
const eachInTurn = async (orders: AsyncIterable<Order>, work: (order: Order) => Promise<void>): Promise<void> => {
  const customers = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  for await (const order of orders) {
    if (failure) break;
    while (running.size >= concurrency) await Promise.race(running);
    const before = order.customer === null ? undefined : customers.get(order.customer);
    const one: Promise<void> = Promise.resolve(before)
      .then(() => (failure ? undefined : work(order)))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running.delete(one);
        if (order.customer !== null && customers.get(order.customer) === one) customers.delete(order.customer);
      });
    running.add(one);
    if (order.customer !== null) customers.set(order.customer, one);
  }
  await Promise.all(running);
  if (failure) throw failure.error;
};

const platform = await instance(process.env);
const api = client({ baseUrl: platform.paymentUrl, apiKey: platform.apiKey, connections: concurrency });
try {
  const total = file ? await countLines(file) : count;
  const told = tally();
  const settle = shop(api);
  const bar = progress(total);
  await eachInTurn(file ? ordersOf(file) : madeUpOrders(count), async (order) => {
    told.add(await settle(order));
    bar.step();
  });
  const { done, seconds } = bar.end();

  console.log(
    `${done} lines in ${seconds.toFixed(1)} s, ${(done / seconds).toFixed(0)}/s${told.replayed() > 0 ? `; ${told.replayed()} had been charged by an earlier run and were replayed, not charged again` : ''}\n`,
  );
  console.log(closingTable(told));
  console.log('\nheld against the records:');
  const checks = await checkAgainstRecords(api, told);
  for (const { name, holds, detail } of checks) console.log(`  ${holds ? '✓' : '✗'} ${name}: ${detail}`);
  const holds = checks.every((one) => one.holds);
  console.log(holds ? '\nledger, answers and read models agree to the penny' : '\nTHE RECORDS DO NOT AGREE: see above');
  process.exitCode = holds ? 0 : 1;
} finally {
  api.close();
  await platform.stop();
}
