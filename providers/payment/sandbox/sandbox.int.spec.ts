import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { openPostgres, type Pool } from '../../../platform/postgres/postgres.ts';
import { type FreshDatabase, freshDatabase } from '../../../test/support/postgres.ts';
import { providerContract } from '../contract.ts';
import type { ChargeRequest, Notice } from '../provider.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const secret = 'a-secret-of-this-test';

providerContract(
  'the sandbox',
  {
    success: 'tok_success',
    declined: 'tok_decline_insufficient_funds',
    softDecline: 'tok_decline_issuer_unavailable',
    hardDecline: 'tok_decline_stolen_card',
    requiresAction: 'tok_3ds',
    lostBefore: 'tok_lost_before',
    lostAfter: 'tok_lost_after',
    errorAfter: 'tok_500_after',
    strangers: ['pm_card_visa', 'fake-valid-nonce'],
  },
  async () => {
    const database = await freshDatabase();
    const pool = openPostgres(database.url, { max: 10 });
    const { provider, ledger, confirm } = await openSandbox({ pool, baseUrl: () => 'http://localhost', webhookSecret: secret });
    let ended = false;
    const end = async () => {
      if (!ended) await pool.end();
      ended = true;
    };
    return {
      provider,
      moved: async (attemptId) => (await ledger({ limit: 100, reference: attemptId })).rows.map(({ kind, amount }) => ({ kind, amount })),
      decide: async ({ request }, approve) => void (await confirm(request.reference, approve)),
      breakDown: end,
      close: async () => {
        await end();
        await database.drop();
      },
    };
  },
);

describe('the sandbox', () => {
  let database: FreshDatabase;
  let pool: Pool;
  let sandbox: Sandbox;
  let server: Server;
  const received: { body: string; notice: Notice }[] = [];
  const waiters = new Set<() => void>();
  /** How many of the next webhooks are answered with 500. */
  let failing = 0;

  const open = () =>
    openSandbox({ pool, baseUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, webhookSecret: secret, lateMs: 100, timeoutMs: 200 });

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPostgres(database.url, { max: 10 });
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const verified = await sandbox.provider.webhooks.verify(body, request.headers);
      const refused = 'invalid' in verified ? 401 : failing-- > 0 ? 500 : undefined;
      if (refused) {
        response.writeHead(refused).end();
        return;
      }
      const [notice] = await sandbox.provider.webhooks.read(body.toString());
      if (notice) received.push({ body: body.toString(), notice });
      response.writeHead(204).end();
      for (const wake of waiters) wake();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    sandbox = await open();
  });
  afterAll(async () => {
    server.close();
    await pool.end();
    await database.drop();
  });

  const request = (token: string, change: Partial<ChargeRequest> = {}): ChargeRequest => ({
    reference: randomUUID(),
    paymentId: randomUUID(),
    amount: 500,
    currency: 'JPY',
    capture: true,
    method: 'card',
    token,
    returnUrl: 'https://shop.example/back',
    ...change,
  });

  /** What was posted about a payment, once so many were. */
  const webhooksOf = async (paymentId: string, count: number) => {
    const of = () => received.filter(({ notice }) => notice.paymentId === paymentId);
    while (of().length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.add(resolve);
      await promise;
      waiters.delete(resolve);
    }
    return of();
  };
  const kinds = (webhooks: { notice: Notice }[]) => webhooks.map(({ notice }) => (notice.about === 'dispute' ? notice.notice.change : notice.outcome.status));

  it.each(Object.keys(declineKinds))('declines with %s', async (code) =>
    expect(await sandbox.provider.charge(request(`tok_decline_${code}`))).toMatchObject({ status: 'declined', code, providerCode: code }),
  );

  it.each(['tok_nothing', 'tok_decline_whim', 'tok_slow_', '__proto__', 'constructor'])('sends nothing for %s', async (token) =>
    expect(await sandbox.provider.charge(request(token))).toMatchObject({ status: 'not_sent' }),
  );

  it('takes its time, and forgets nobody who has stopped waiting', async () => {
    expect(await sandbox.provider.charge(request('tok_slow_30'))).toMatchObject({ status: 'captured' });
    const slow = request('tok_slow_300');
    expect(await sandbox.provider.charge(slow)).toMatchObject({ status: 'unknown' });
    const asked = { ...slow, attemptId: slow.reference, providerReference: null };
    expect(await sandbox.provider.retrieveAttempt(asked)).toEqual({ status: 'not_found' });
    await expect.poll(() => sandbox.provider.retrieveAttempt(asked)).toMatchObject({ status: 'captured' });
  });

  it.each([
    ['tok_webhook_late', ['captured']],
    ['tok_webhook_twice', ['captured', 'captured']],
    ['tok_webhook_shuffled', ['captured', 'pending']],
  ])('answers %s as pending and tells by webhook', async (token, expected) => {
    const deliveries = sandbox.deliver();
    const charge = request(token);
    expect((await sandbox.provider.charge(charge)).status).toBe('pending');
    expect((await sandbox.provider.charge(charge)).status).toBe('pending');
    const webhooks = await webhooksOf(charge.paymentId, expected.length);
    expect(kinds(webhooks)).toEqual(expected);
    if (token === 'tok_webhook_twice') expect(webhooks[0]?.body).toBe(webhooks[1]?.body);
    await deliveries.stop();
    expect((await sandbox.ledger({ limit: 10, reference: charge.reference })).rows).toHaveLength(1);
  });

  it.each([
    ['tok_dispute_lost', ['opened', 'lost']],
    ['tok_dispute_won', ['opened', 'won']],
  ])('disputes %s', async (token, expected) => {
    const deliveries = sandbox.deliver();
    const charge = request(token);
    expect((await sandbox.provider.charge(charge)).status).toBe('captured');
    expect(kinds(await webhooksOf(charge.paymentId, 2))).toEqual(expected);
    await deliveries.stop();
  });

  it('owes webhooks through a restart, and until they are answered', async () => {
    const charge = request('tok_webhook_late');
    await sandbox.provider.charge(charge);
    sandbox = await open();
    failing = 1;
    const failures: unknown[] = [];
    const again = await openSandbox({
      pool,
      baseUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      webhookSecret: secret,
      onFailure: (e) => failures.push(e),
    });
    const deliveries = again.deliver();
    await expect.poll(() => failures).toHaveLength(1);
    // Not for ten seconds, were we not to hurry it.
    await pool.query(`update platform.sandbox_webhooks set due_at = now()`);
    await deliveries.stop();
    const others = sandbox.deliver();
    expect(kinds(await webhooksOf(charge.paymentId, 1))).toEqual(['captured']);
    await others.stop();
  });

  it.each([
    [true, 'captured', 'charge'],
    [false, 'declined', undefined],
  ])('asks the customer, who decides once: %s', async (approve, outcome, booked) => {
    const deliveries = sandbox.deliver();
    const charge = request('tok_3ds');
    expect(await sandbox.provider.charge(charge)).toMatchObject({ status: 'requires_action' });
    expect(await sandbox.waiting(charge.reference)).toMatchObject({ status: 'requires_action', amount: 500, returnUrl: 'https://shop.example/back' });
    await sandbox.confirm(charge.reference, approve);
    expect(await sandbox.confirm(charge.reference, !approve)).toMatchObject({ status: approve ? 'succeeded' : 'declined' });
    expect(kinds(await webhooksOf(charge.paymentId, 1))).toEqual([outcome]);
    expect((await sandbox.ledger({ limit: 10, reference: charge.reference })).rows[0]?.kind).toBe(booked);
    expect((await sandbox.provider.charge(charge)).status).toBe(outcome);
    await deliveries.stop();
  });

  it('lets no customer approve what was released, and has no page for anything else', async () => {
    const charge = request('tok_3ds');
    const outcome = await sandbox.provider.charge(charge);
    if (outcome.status !== 'requires_action') throw new Error(outcome.status);
    const release = { ...charge, reference: randomUUID(), attemptId: charge.reference, providerReference: outcome.providerReference };
    expect((await sandbox.provider.void(release)).status).toBe('succeeded');
    expect(await sandbox.confirm(charge.reference, true)).toMatchObject({ status: 'canceled' });
    expect(await sandbox.confirm(randomUUID(), true)).toBeUndefined();
    expect(await sandbox.confirm(release.reference, true)).toBeUndefined();
    expect(await sandbox.waiting(randomUUID())).toBeUndefined();
  });

  it.each([
    ['tok_refund_fails', 'failed'],
    ['tok_refund_lost', 'unknown'],
    ['tok_refund_late', 'pending'],
  ])('refunds %s: %s', async (token, status) => {
    const deliveries = sandbox.deliver();
    const charge = request(token);
    const paid = await sandbox.provider.charge(charge);
    if (paid.status !== 'captured') throw new Error(paid.status);
    const refund = { ...charge, reference: randomUUID(), attemptId: charge.reference, providerReference: paid.providerReference };
    expect((await sandbox.provider.refund(refund)).status).toBe(status);
    const { rows } = await sandbox.ledger({ limit: 10, reference: charge.reference });
    expect(rows.map(({ kind }) => kind)).toEqual(status === 'failed' ? ['charge'] : ['charge', 'refund']);
    if (status === 'pending') expect(kinds(await webhooksOf(charge.paymentId, 1))).toEqual(['succeeded']);
    await deliveries.stop();
  });

  it.each([
    ['tok_refund_reversed', true, ['charge']],
    ['tok_capture_reversed', true, ['refund']],
    ['tok_capture_reversed', false, ['authorization', 'refund']],
  ])('undoes what it has done: %s, charged in one go: %s', async (token, capture, left) => {
    const deliveries = sandbox.deliver();
    const charge = { ...request(token), capture };
    const held = await sandbox.provider.charge(charge);
    if (held.status !== 'captured' && held.status !== 'authorized') throw new Error(held.status);
    const operation = (reference: string) => ({ ...charge, reference, attemptId: charge.reference, providerReference: held.providerReference });
    const [captureId, refundId] = [randomUUID(), randomUUID()];
    if (!capture) expect((await sandbox.provider.capture(operation(captureId))).status).toBe('succeeded');
    expect((await sandbox.provider.refund(operation(refundId))).status).toBe('succeeded');
    expect(kinds(await webhooksOf(charge.paymentId, 1))).toEqual(['reversed']);
    const { rows } = await sandbox.ledger({ limit: 10, reference: charge.reference });
    expect(rows.map(({ kind }) => kind)).toEqual(left);
    const asked = { paymentId: charge.paymentId, attemptId: charge.reference, providerReference: held.providerReference, currency: charge.currency };
    const undone = { status: 'reversed', code: 'returned' };
    const retrieved = (kind: 'capture' | 'refund', reference: string) =>
      sandbox.provider.retrieveOperation({ ...asked, kind, reference, operationReference: null });
    if (token === 'tok_refund_reversed') {
      expect(await retrieved('refund', refundId)).toMatchObject(undone);
      expect((await sandbox.provider.refund(operation(randomUUID()))).status).toBe('succeeded');
    } else if (capture) expect(await sandbox.provider.retrieveAttempt({ ...asked, reference: charge.reference })).toMatchObject(undone);
    else expect(await retrieved('capture', captureId)).toMatchObject(undone);
    await deliveries.stop();
  });

  it('takes many charges at once in few writes', async () => {
    const charges = Array.from({ length: 500 }, () => request('tok_success'));
    const outcomes = await Promise.all(charges.map((charge) => sandbox.provider.charge(charge)));
    expect(outcomes.every(({ status }) => status === 'captured')).toBe(true);
    expect(outcomes.map((outcome) => 'providerReference' in outcome && outcome.providerReference)).toEqual(charges.map(({ reference }) => `sbx_${reference}`));
  });

  it('reads its ledger page by page, oldest first, each entry once', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const { rows, next } = await sandbox.ledger({ limit: 100, ...(after && { after }) });
      seen.push(...rows.map(({ reference }) => reference));
      after = next;
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(500);
  });

  it('keeps one set of books for several, each entry under its name', async () => {
    const { providers, ledger } = await openSandbox({ pool, names: ['here', 'there'], baseUrl: () => 'http://localhost', webhookSecret: secret });
    const [here, there] = providers;
    const lost = request('tok_lost_before@here');
    expect(await here.charge(lost)).toMatchObject({ status: 'not_sent', retriable: true });
    const again = { ...lost, reference: randomUUID() };
    expect(await there?.charge(again)).toMatchObject({ status: 'captured' });
    const refund = { ...again, reference: randomUUID(), attemptId: again.reference, providerReference: '' };
    expect(await here.refund(refund)).toMatchObject({ status: 'failed' });
    expect((await ledger({ limit: 10, reference: again.reference })).rows).toMatchObject([{ provider: 'there', kind: 'charge' }]);
    expect((await ledger({ limit: 10, reference: again.reference, sandbox: 'here' })).rows).toEqual([]);
  });
});
