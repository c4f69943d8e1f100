import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import * as x from '../../domain/payment/examples.ts';
import type { AttemptOutcome } from '../../domain/payment/outcome.ts';
import { paymentAggregate } from '../../domain/payment/payment.ts';
import type { RiskDecision } from '../../domain/payment/risk.ts';
import { webhookAggregate } from '../../domain/payment/webhook.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { beforeAll } from '../../platform/event-store/event-store.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import { appForTests, asAdmin } from '../../platform/http/app-for-tests.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import type { OperationRequest, PaymentProvider } from '../../providers/payment/provider.ts';
import { operationsQueue, paymentReaction } from '../../workers/payment/payment-jobs.ts';
import { paymentWorker } from '../../workers/payment/worker.ts';
import type { PaymentRoutes } from './carry-out.ts';
import { paymentCommandRoutes } from './routes.ts';

type Script = { charge: AttemptOutcome; resume?: AttemptOutcome; refundFails?: boolean };

/** A provider that says what its script says, and remembers what it was asked. */
const scripted = (name: string, captures: 'one' | 'many', { charge, resume = x.captured, refundFails = false }: Script) => {
  const asked: { what: string; amount: number; final?: boolean }[] = [];
  const operate = (what: string) => async (request: OperationRequest) => {
    asked.push({ what, amount: request.amount, ...(request.final && { final: true }) });
    return what === 'refund' && refundFails ? x.failed : x.done(request.amount);
  };
  const provider: PaymentProvider = {
    name,
    abilities: { methods: ['card'], captures, authorizationMs: 3_600_000 },
    refuses: () => undefined,
    charge: async ({ amount }) => {
      asked.push({ what: 'charge', amount });
      return charge;
    },
    resume: async ({ amount }) => {
      asked.push({ what: 'resume', amount });
      return resume;
    },
    capture: operate('capture'),
    void: operate('void'),
    refund: operate('refund'),
    retrieveAttempt: async () => ({ status: 'not_found' }),
    retrieveOperation: async () => ({ status: 'not_found' }),
    transactions: async function* () {},
    check: async () => ({ status: 'ok' }),
    webhooks: { verify: async () => ({ invalid: 'no' }), read: async () => [] },
  };
  return { provider, asked };
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Change = { second?: Script; captures?: 'one' | 'many' } & Pick<PaymentRoutes, 'assess' | 'route'>;

/** The write side over a log in memory, with a worker that makes what was started. */
const house = async (first: Script, { second = { charge: x.captured }, captures = 'many', ...choosing }: Change = {}) => {
  const store = memoryStore();
  const events = codec({ catalogues: [paymentAggregate.catalogue, webhookAggregate.catalogue], personalData: inMemoryPersonalData() });
  const payments = openHandler(paymentAggregate, { store, codec: events });
  const webhooks = openHandler(webhookAggregate, { store, codec: events });
  const [one, other] = [scripted('first', captures, first), scripted('second', 'many', second)];
  const jobs = { add: async () => {}, work: async () => ({ stop: async () => {} }) };
  const worker = paymentWorker({ payments, webhooks, providers: [one.provider, other.provider], jobs, log: { error: () => {}, warn: () => {} } });
  const stopping = new AbortController();
  const working = (async () => {
    for await (const delivery of store.subscribe({ after: beforeAll, signal: stopping.signal })) {
      if (delivery.kind !== 'event') continue;
      const wanted = (await events.decode([delivery.event])).flatMap((event) => paymentReaction().toJobs(event));
      for (const { id, data, queue } of wanted) if (queue === operationsQueue) await worker.operate({ id, data, attempt: 1 });
    }
  })();
  const { app } = await appForTests({ routes: paymentCommandRoutes({ payments, webhooks, providers: [one.provider, other.provider], ...choosing }) });
  closing.push(async () => {
    stopping.abort();
    await working;
    await app.close();
  });
  const post = async (url: string, payload: object = {}, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ method: 'POST', url: `/api/v1/payments${url}`, payload, headers: { ...asAdmin, ...headers } });
    return { status: answer.statusCode, body: answer.json(), replayed: answer.headers['idempotency-replayed'] };
  };
  const created = await post('', { amount: 10_000, currency: 'GBP', captureMethod: first.charge.status === 'authorized' ? 'manual' : 'automatic' });
  const id: string = created.body.id;
  const step = (name: string, body?: object, headers?: Record<string, string>) => post(`/${id}/${name}`, body, headers);
  const process = (headers?: Record<string, string>) => step('process', { paymentMethod: { type: 'card', token: 'tok_1' } }, headers);
  const types = async () => (await payments.history(id)).events.map(({ type }) => type);
  return { post, step, process, types, asked: one.asked, askedOther: other.asked };
};

const judged = (decision: RiskDecision) => ({ assess: async () => x.assessedAs(decision) });
const routed = { route: async () => x.routeTo('first', ['second']) };

describe('what the rules of risk say', () => {
  it('blocks, and says so each time it is asked', async () => {
    const { process, asked } = await house({ charge: x.captured }, judged('block'));
    const key = { 'idempotency-key': randomUUID() };
    const blocked = await process(key);
    expect(blocked).toMatchObject({
      status: 402,
      body: {
        code: 'payment_blocked',
        declineCode: 'fraudulent',
        payment: { status: 'requires_payment_method', lastError: { provider: 'risk' }, attempts: [] },
      },
    });
    expect(await process(key)).toMatchObject({ status: 402, replayed: 'true', body: { code: 'payment_blocked' } });
    expect(asked).toEqual([]);
  });

  it('is asked once for one attempt, and told all about it', async () => {
    const about: unknown[] = [];
    const assess: PaymentRoutes['assess'] = async (attempt) => {
      about.push(attempt);
      return x.assessedAs('allow');
    };
    const { process, step } = await house({ charge: x.captured }, { assess });
    const key = { 'idempotency-key': randomUUID() };
    expect(await process(key)).toMatchObject({ status: 200, body: { risk: { decision: 'allow', score: 40, rules: [{ id: 'high_amount' }] } } });
    expect(await process(key)).toMatchObject({ status: 200, replayed: 'true' });
    expect(about).toMatchObject([{ payment: { amount: 10_000 }, method: 'card', token: 'tok_1', context: {}, provider: null }]);
    expect(await step('process', { paymentMethod: { type: 'card', token: 'tok_2' }, provider: 'second' })).toMatchObject({
      status: 409,
      body: { code: 'payment_already_paid' },
    });
    // What the payment forbids is no attempt.
    expect(about).toHaveLength(1);
  });

  it('lets people decide: approved, it is charged', async () => {
    const { process, step, asked } = await house({ charge: x.captured }, judged('review'));
    const key = { 'idempotency-key': randomUUID() };
    expect(await process(key)).toMatchObject({ status: 202, body: { status: 'in_review', risk: { decision: 'review' } } });
    expect(await process()).toMatchObject({ status: 409, body: { code: 'payment_in_review' } });
    const approval = { 'idempotency-key': randomUUID() };
    expect(await step('approve', { note: 'known customer' }, approval)).toMatchObject({
      status: 200,
      body: { status: 'succeeded', risk: { decision: 'review' } },
    });
    expect(await step('approve', { note: 'known customer' }, approval)).toMatchObject({ status: 200, replayed: 'true' });
    expect(await step('approve')).toMatchObject({ status: 409, body: { code: 'payment_not_in_review' } });
    expect(await process(key)).toMatchObject({ status: 202, replayed: 'true', body: { status: 'in_review' } });
    expect(asked).toEqual([{ what: 'charge', amount: 10_000 }]);
  });

  it('lets people decide: rejected or declined, another means may be tried', async () => {
    const rejecting = await house({ charge: x.captured }, judged('review'));
    await rejecting.process();
    expect(await rejecting.step('reject')).toMatchObject({
      status: 200,
      body: { status: 'requires_payment_method', lastError: { code: 'payment_rejected' } },
    });
    expect(await rejecting.step('reject')).toMatchObject({ status: 409, body: { code: 'payment_not_in_review' } });
    const declining = await house({ charge: x.declined }, judged('review'));
    await declining.process();
    expect(await declining.step('approve')).toMatchObject({ status: 402, body: { code: 'payment_declined', declineCode: 'insufficient_funds' } });
  });

  it('lets a shop cancel meanwhile', async () => {
    const { process, step } = await house({ charge: x.captured }, judged('review'));
    await process();
    expect(await step('cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
  });
});

describe('a route with several providers', () => {
  it('is followed to its end, and only that is answered', async () => {
    const { process, asked, askedOther } = await house({ charge: x.declined }, routed);
    expect(await process()).toMatchObject({
      status: 200,
      body: { status: 'succeeded', provider: 'second', lastError: null, attempts: [{ status: 'declined' }, { status: 'succeeded' }] },
    });
    expect([asked.length, askedOther.length]).toEqual([1, 1]);
  });

  it('tells why the last of them did not do it', async () => {
    const hard = { ...x.declined, code: 'stolen_card' as const };
    const { process } = await house({ charge: { ...x.notSent, retriable: false } }, { ...routed, second: { charge: hard } });
    const key = { 'idempotency-key': randomUUID() };
    expect(await process(key)).toMatchObject({ status: 402, body: { declineCode: 'stolen_card', payment: { attempts: [{ status: 'not_sent' }, {}] } } });
    expect(await process(key)).toMatchObject({ status: 402, replayed: 'true', body: { declineCode: 'stolen_card' } });
  });

  it('goes no further than doubt', async () => {
    const { process, askedOther } = await house({ charge: x.unknown }, routed);
    expect(await process()).toMatchObject({ status: 202, body: { attempts: [{ status: 'unknown' }] } });
    expect(askedOther).toEqual([]);
  });
});

describe('a customer who is back', () => {
  it('lets the payment go on', async () => {
    const { process, step, asked, types } = await house({ charge: x.requiresAction });
    expect(await process()).toMatchObject({ status: 200, body: { status: 'requires_action' } });
    const key = { 'idempotency-key': randomUUID() };
    expect(await step('process', {}, key)).toMatchObject({ status: 200, body: { status: 'succeeded', nextAction: null } });
    expect(await step('process', {}, key)).toMatchObject({ status: 200, replayed: 'true' });
    expect(asked.map(({ what }) => what)).toEqual(['charge', 'resume']);
    expect(await types()).toEqual(['PaymentCreated', 'AttemptStarted', 'AttemptActionRequired', 'AttemptResumed', 'AttemptCaptured']);
  });

  it.each([
    ['has not done it yet', x.requiresAction, 200, { status: 'requires_action' }],
    ['is not let through', { ...x.declined, code: 'authentication_failed' as const }, 402, { code: 'payment_declined' }],
    ['comes when the provider cannot be reached', { ...x.notSent, retriable: false }, 200, { status: 'requires_action' }],
    ['comes when the provider does not answer', x.unknown, 202, { status: 'processing' }],
  ])('who %s', async (_, resume, status, body) => {
    const { process, step } = await house({ charge: x.requiresAction, resume });
    await process();
    expect(await step('process')).toMatchObject({ status, body });
  });

  it('finds nothing to go on with', async () => {
    const { step } = await house({ charge: x.captured });
    expect(await step('process')).toMatchObject({ status: 400, body: { code: 'payment_method_required', errors: [{ path: 'paymentMethod' }] } });
  });
});

describe('captures', () => {
  const held = { charge: x.authorized };

  it('may be final', async () => {
    const { process, step, asked } = await house(held);
    const authorized = await process();
    expect(Date.parse(authorized.body.attempts[0].expiresAt)).toBeGreaterThan(Date.now() + 3_500_000);
    expect(await step('capture', { amount: 1_000 })).toMatchObject({ status: 200, body: { status: 'requires_capture', amountCapturable: 9_000 } });
    expect(await step('capture', { amount: 2_000, final: true })).toMatchObject({
      status: 200,
      body: { status: 'succeeded', amountCapturable: 0, amountCaptured: 3_000 },
    });
    expect(asked.slice(1)).toEqual([
      { what: 'capture', amount: 1_000 },
      { what: 'capture', amount: 2_000, final: true },
    ]);
  });

  it('are final where the provider takes one only', async () => {
    const { process, step, asked } = await house(held, { captures: 'one' });
    expect(await step('capture')).toMatchObject({ status: 409, body: { code: 'payment_not_capturable' } });
    await process();
    expect(await step('capture', { amount: 1_000 })).toMatchObject({ status: 200, body: { status: 'succeeded', amountCapturable: 0 } });
    expect(asked.at(-1)).toEqual({ what: 'capture', amount: 1_000, final: true });
    expect(await step('capture')).toMatchObject({ status: 409, body: { code: 'payment_not_capturable' } });
  });

  it('come too late once the authorization is over', async () => {
    const { process, step } = await house({ charge: { ...x.authorized, expiresAt: '2020-01-01T00:00:00Z' } });
    await process();
    expect(await step('capture')).toMatchObject({ status: 409, body: { code: 'authorization_expired' } });
  });
});

describe('canceling what was captured', () => {
  const back = { refundIfCaptured: true };

  it('gives it back if that is asked for', async () => {
    const { process, step, asked } = await house({ charge: x.captured });
    await process();
    expect(await step('cancel')).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    const key = { 'idempotency-key': randomUUID() };
    expect(await step('cancel', back, key)).toMatchObject({ status: 200, body: { status: 'canceled', amountRefunded: 10_000 } });
    expect(await step('cancel', back, key)).toMatchObject({ status: 200, replayed: 'true', body: { status: 'canceled' } });
    expect(asked.map(({ what }) => what)).toEqual(['charge', 'refund']);
  });

  it('releases the rest too', async () => {
    const { process, step, asked } = await house({ charge: x.authorized });
    await process();
    await step('capture', { amount: 4_000 });
    expect(await step('cancel', back)).toMatchObject({ status: 200, body: { status: 'canceled', amountRefunded: 4_000, amountCapturable: 0 } });
    expect(asked.slice(2).toSorted((a, b) => a.amount - b.amount)).toEqual([
      { what: 'refund', amount: 4_000 },
      { what: 'void', amount: 6_000 },
    ]);
  });

  it('says where it fails', async () => {
    const { process, step } = await house({ charge: x.captured, refundFails: true });
    await process();
    expect(await step('cancel', back)).toMatchObject({ status: 409, body: { code: 'cancel_failed', payment: { status: 'succeeded' } } });
  });
});
