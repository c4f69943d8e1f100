import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerOf, everyRow, killOne, seededRandom, victimOf } from './support/crashes.ts';
import { call, type Platform, platform } from './support/platform.ts';

// The seed is printed, so that a failing schedule of kills can be run again: CRASH_SEED=… npm run test:e2e
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.CRASH_ROUNDS ?? 5);

const random = seededRandom(seed);

/** The position of the last write that was answered: what is read at the end must show it. */
let written = -1;

type Paid = { id: string; amount: number; refunded: number };
type Shop = { paid: Map<string, Paid>; acknowledged: Set<string>; run: (until: () => boolean) => Promise<void> };

/** A customer who tries each order again, with the same key, until it is answered: as a shop does. */
const shop = (urls: Platform): Shop => {
  const paid = new Map<string, Paid>();
  const acknowledged = new Set<string>();
  let orders = 0;

  const insist = async (path: string, body: object, key: string, until: () => boolean) => {
    while (true) {
      const answer = await call('POST', `${urls.paymentUrl}${path}`, body, { 'idempotency-key': key }).catch(() => undefined);
      if (answer && answer.status < 500) {
        written = Math.max(written, Number(answer.headers.get('x-position') ?? -1));
        return answer;
      }
      if (until()) return undefined;
      await pause(50);
    }
  };

  const buy = async (until: () => boolean): Promise<void> => {
    orders += 1;
    const order = `crash-${orders}`;
    const amount = 100 + Math.floor(random() * 9_900);
    const token = random() < 0.1 ? 'tok_lost_after' : 'tok_success';
    const created = await insist(
      '/api/v1/payments',
      { amount, currency: 'GBP', reference: order, customer: { id: `c${orders % 7}`, email: `c${orders % 7}@example.com` } },
      order,
      until,
    );
    if (!created) return;
    expect(created.status).toBe(201);
    const id = String(created.body.id);
    acknowledged.add(id);
    const processed = await insist(`/api/v1/payments/${id}/process`, { paymentMethod: { type: 'card', token } }, `${order}-process`, until);
    if (processed?.status !== 200 || processed.body.status !== 'succeeded') return;
    paid.set(id, { id, amount, refunded: 0 });
    if (random() > 0.3) return;
    const refund = await insist(`/api/v1/payments/${id}/refund`, { amount: Math.ceil(amount / 3) }, `${order}-refund`, until);
    // One that is only accepted may yet come to nothing: killed before the provider heard of it, it fails, and says so.
    if (refund?.body.status === 'succeeded') paid.set(id, { id, amount, refunded: Math.ceil(amount / 3) });
  };

  return {
    paid,
    acknowledged,
    run: async (until) => {
      const buyer = async (): Promise<void> => {
        while (!until()) await buy(until);
      };
      await Promise.all([buyer(), buyer(), buyer(), buyer()]);
    },
  };
};

let here: Platform;
beforeAll(async () => {
  here = await platform();
});
afterAll(() => here.close());

it(`loses nothing and charges nobody twice under kill -9 (seed ${seed})`, { timeout: 800_000 }, async () => {
  const reconcileSoon = { SANDBOX_RECONCILE_FIRST_MS: '1000' };
  let running = await here.start(reconcileSoon);
  const customers = shop(here);
  let over = false;
  /** Until sales go on: each crash must be recovered from before the next. */
  const moreSales = async (count: number): Promise<void> => {
    const before = customers.paid.size;
    await expect.poll(() => customers.paid.size, { timeout: 120_000, interval: 20 }).toBeGreaterThanOrEqual(before + count);
  };
  const shopping = customers.run(() => over);
  for (let round = 0; round < rounds; round += 1) {
    await moreSales(5);
    await pause(random() * 500);
    if (await killOne(victimOf(random), running)) running = await here.start(reconcileSoon);
  }
  await moreSales(5);
  over = true;
  await shopping;

  const payments = await settledPayments();
  const ledger = await everyRow(`${here.paymentUrl}/api/v1/sandbox/ledger`, written);

  expect([...customers.acknowledged].filter((id) => !payments.has(id))).toEqual([]);
  for (const { id, amount, refunded } of customers.paid.values()) {
    const payment = payments.get(id);
    expect(payment).toMatchObject({ status: 'succeeded', amountCaptured: amount });
    expect(Number(payment?.amountRefunded), JSON.stringify(payment?.refunds)).toBeGreaterThanOrEqual(refunded);
  }
  const sum = (amounts: unknown[]): number => amounts.reduce<number>((total, amount) => total + Number(amount), 0);
  const all = [...payments.values()];
  expect(sum(all.map(({ amountCaptured }) => amountCaptured))).toBe(
    sum(ledger.filter(({ kind }) => kind === 'charge' || kind === 'capture').map(({ amount }) => amount)),
  );
  expect(sum(all.map(({ amountRefunded }) => amountRefunded))).toBe(sum(ledger.filter(({ kind }) => kind === 'refund').map(({ amount }) => amount)));
  const references = ledger.map(({ kind, reference }) => `${kind} ${reference}`);
  expect(new Set(references).size).toBe(references.length);

  const captured = all.filter(({ amountCaptured }) => Number(amountCaptured) > 0);
  const refunds = all.flatMap(({ refunds: of }) => of as { status: string }[]).filter(({ status }) => status === 'succeeded');
  const mails = await receiptsSent(captured.length + refunds.length);
  expect(mails.length).toBe(captured.length + refunds.length);
  expect(new Set(mails.map(({ notificationId }) => notificationId)).size).toBe(mails.length);
});

/** All payments with their details, once none is undecided any more. */
const settledPayments = async (): Promise<Map<string, Record<string, unknown>>> => {
  const deadline = Date.now() + 180_000;
  while (true) {
    const rows = await everyRow(`${here.paymentUrl}/api/v1/payments`, written);
    const details = await Promise.all(rows.map(({ id }) => answerOf(`${here.paymentUrl}/api/v1/payments/${id}`, -1)));
    const open = details.filter(
      (payment) =>
        payment.status === 'processing' || (payment.refunds as { status: string }[]).some(({ status }) => status === 'pending' || status === 'unknown'),
    );
    if (open.length === 0) return new Map(details.map((payment) => [String(payment.id), payment]));
    if (Date.now() > deadline) throw new Error(`still undecided: ${JSON.stringify(open.slice(0, 3))}`);
    await pause(250);
  }
};

const receiptsSent = async (expected: number): Promise<Record<string, unknown>[]> => {
  const deadline = Date.now() + 180_000;
  while (true) {
    const mails = (await everyRow(`${here.notificationUrl}/api/v1/outbox`, written)).filter(({ channel }) => channel === 'email');
    if (mails.length >= expected || Date.now() > deadline) return mails;
    await pause(250);
  }
};
