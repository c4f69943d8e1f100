import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign, signatureHeader } from '../../providers/payment/sandbox/signature.ts';
import { paymentHouse, webhookSecret } from '../../test/support/payment-house.ts';

let house: Awaited<ReturnType<typeof paymentHouse>>;
beforeAll(async () => {
  house = await paymentHouse();
});
afterAll(() => house?.close());

const listed = async (query: string) => (await house.get(`/api/v1/attention?${query}`)).body.data;
const report = async (notice: object) => {
  const body = JSON.stringify({ id: randomUUID(), type: 'news', paymentId: randomUUID(), ...notice });
  return house.call('POST', '/api/v1/webhooks/sandbox', body, { authorization: '', [signatureHeader]: sign(webhookSecret, body) });
};

describe('what people must look at', () => {
  it('has what a provider contradicts, until somebody says what was done', async () => {
    const paymentId = await house.paid();
    const operationId = randomUUID();
    const outcome = { status: 'succeeded', providerReference: 'x', amount: 700, currency: 'GBP' };
    expect(await report({ notice: { about: 'refund', paymentId, operationId, outcome } })).toMatchObject({ status: 200 });
    await expect.poll(() => listed(`kind=contradiction&paymentId=${paymentId}`)).toHaveLength(1);
    const [item] = await listed(`paymentId=${paymentId}`);
    expect(item).toMatchObject({
      about: { kind: 'refund', id: operationId },
      detail: 'refund_not_found: succeeded 7.00 GBP',
      amount: 700,
      toDo: expect.stringMatching(/./),
    });
    const resolve = (note: string, headers = {}) => house.call('POST', `/api/v1/attention/${item.id}/resolve`, { note }, headers);
    expect(await resolve('ours', house.asReader)).toMatchObject({ status: 403 });
    const key = house.withKey();
    const resolved = await resolve('paid back by hand', key);
    expect(resolved).toMatchObject({ status: 200, body: { id: item.id, status: 'resolved' } });
    expect((await resolve('paid back by hand', key)).headers.get('idempotency-replayed')).toBe('true');
    expect(await resolve('something else')).toMatchObject({ status: 409, body: { code: 'attention_already_resolved' } });
    const after = { 'x-after-position': resolved.headers.get('x-position') ?? '' };
    expect((await house.get(`/api/v1/attention?paymentId=${paymentId}`, after)).body.data).toEqual([]);
    expect(await listed(`paymentId=${paymentId}&status=resolved`)).toMatchObject([{ resolution: { by: 'key:admin', note: 'paid back by hand' } }]);
    expect(await house.call('POST', `/api/v1/attention/${randomUUID()}/resolve`, { note: 'x' })).toMatchObject({ status: 404 });
  });

  it('has refunds that failed and disputes, page by page, and counts them', async () => {
    const failed = await house.paid('tok_refund_fails');
    await house.step(failed, 'refund', { amount: 100 });
    const disputed = await house.paid('tok_dispute_lost');
    await expect.poll(() => listed(`kind=refund_failed&paymentId=${failed}`)).toHaveLength(1);
    await expect
      .poll(async () => (await house.get('/api/v1/disputes?status=lost&provider=sandbox')).body.data)
      .toMatchObject([{ paymentId: disputed, status: 'lost', amount: 10_000 }]);
    // Lost: nothing is to be done about it any more.
    await expect.poll(() => listed(`kind=dispute&paymentId=${disputed}`)).toEqual([]);
    await house.step(await house.paid('tok_refund_fails'), 'refund', { amount: 200 });
    await expect.poll(() => listed('kind=refund_failed')).toHaveLength(2);
    const first = (await house.get('/api/v1/attention?kind=refund_failed&limit=1')).body;
    const second = (await house.get(`/api/v1/attention?kind=refund_failed&limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    expect([...first.data, ...second.data].map(({ amount }) => amount)).toEqual([100, 200]);
    expect(second.nextCursor).toBeNull();
    expect(await house.get('/api/v1/attention?cursor=nonsense')).toMatchObject({ status: 400, body: { errors: [{ path: 'query.cursor' }] } });
    const metrics = (await house.get('/metrics')).body;
    expect(metrics).toContain('payments_attention_items{kind="refund_failed"} 2');
    expect(metrics).toContain('payments_undecided_operations{status="unknown"} 0');
  });

  it('shows a dispute a week before its evidence is due, and lists the most urgent first', async () => {
    const disputed = async (inDays: number) => {
      const paymentId = await house.paid();
      const [{ id: attemptId }] = (await house.payment(paymentId)).attempts;
      const evidenceDueBy = new Date(Date.now() + inDays * 86_400_000).toISOString();
      const about = { disputeId: `d-${inDays}`, attemptId, change: 'opened', amount: 500, currency: 'GBP', reason: 'fraudulent', evidenceDueBy };
      await report({ notice: { about: 'dispute', paymentId, notice: about } });
      return { paymentId, evidenceDueBy };
    };
    const [later, soon] = [await disputed(20), await disputed(2)];
    await expect.poll(() => listed(`recent=true&kind=dispute&paymentId=${later.paymentId}`)).toHaveLength(1);
    await expect.poll(() => listed('kind=dispute')).toMatchObject([{ paymentId: soon.paymentId, dueBy: soon.evidenceDueBy, provider: 'sandbox', amount: 500 }]);
    const due = async (inDays: number) => {
      const before = encodeURIComponent(new Date(Date.now() + inDays * 86_400_000).toISOString());
      return (await house.get(`/api/v1/disputes?status=open&dueBefore=${before}`)).body.data.map(({ disputeId }: { disputeId: string }) => disputeId);
    };
    expect([await due(1), await due(10), await due(30)]).toEqual([[], ['d-2'], ['d-2', 'd-20']]);
  });

  it('shows what is undecided for a short time only to who asks for it', async () => {
    const paymentId = await house.paid('tok_3ds');
    const [{ id: attemptId }] = (await house.payment(paymentId)).attempts;
    // What was never captured can't be disputed: tried again until there is news of it.
    const dispute = { disputeId: 'd', attemptId, change: 'opened', amount: 1, currency: 'GBP', reason: null, evidenceDueBy: null };
    await report({ notice: { about: 'dispute', paymentId, notice: dispute } });
    await expect.poll(async () => (await house.get('/api/v1/attention')).body.failingJobs).toEqual([{ queue: 'payment-webhooks', failed: 1 }]);
    await report({ notice: { about: 'attempt', paymentId, attemptId, outcome: { status: 'pending', providerReference: 'x' } } });
    await expect.poll(() => listed(`recent=true&paymentId=${paymentId}`)).toMatchObject([{ kind: 'pending', about: { kind: 'attempt', id: attemptId } }]);
    expect(await listed(`paymentId=${paymentId}`)).toEqual([]);
    expect((await house.get('/metrics')).body).toContain('payments_undecided_operations{status="pending"} 1');
  });
});

const today = () => new Date().toISOString().slice(0, 10);
const dayBefore = (date: string) => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);

describe('a reconciliation', () => {
  it('compares a day with the provider’s books, once and again, and puts what it finds on the list', async () => {
    const day = dayBefore(today());
    const at = `${day}T10:00:00Z`;
    const reference = randomUUID();
    await house.pool.query(
      `insert into platform.sandbox_operations (reference, seq, kind, payment_id, amount, currency, status, token, at)
       values ($1, nextval('platform.sandbox_ledger_seq'), 'charge', gen_random_uuid(), 4200, 'GBP', 'succeeded', 'tok_success', $2)`,
      [reference, at],
    );
    const ask = (body: object) => house.call('POST', '/api/v1/reconciliations', { provider: 'sandbox', day, ...body });
    const done = await ask({});
    expect(done).toMatchObject({
      status: 200,
      body: {
        id: `sandbox-${day}`,
        status: 'completed',
        run: 1,
        report: { findings: [{ kind: 'extra', reference, theirs: { amount: 4_200, currency: 'GBP' } }] },
      },
    });
    expect(done.body.report.totals).toEqual([
      { currency: 'GBP', ours: { captured: 0, refunded: 0, count: 0 }, theirs: { captured: 4_200, refunded: 0, count: 1 } },
    ]);
    expect(await ask({})).toMatchObject({ status: 200, body: { run: 1 } });
    await expect.poll(() => listed('kind=reconciliation')).toMatchObject([{ about: { id: reference }, provider: 'sandbox', amount: 4_200 }]);
    await house.pool.query('delete from platform.sandbox_operations where reference = $1', [reference]);
    const again = await ask({ again: true });
    expect(again).toMatchObject({ status: 200, body: { run: 2, report: { findings: [] } } });
    const after = { 'x-after-position': again.headers.get('x-position') ?? '' };
    await expect.poll(() => listed('kind=reconciliation')).toEqual([]);
    expect((await house.get(`/api/v1/reconciliations?provider=sandbox&day=${day}`, after)).body.data).toMatchObject([{ run: 2, status: 'completed' }]);
    expect(await house.get(`/api/v1/reconciliations/sandbox-${day}`, after)).toMatchObject({ status: 200, body: { run: 2 } });
    expect(await house.get('/api/v1/reconciliations/sandbox-2020-01-01')).toMatchObject({ status: 404 });
  });

  it('is of a day that is over, at a provider that is set up', async () => {
    const ask = (provider: string, day: string) => house.call('POST', '/api/v1/reconciliations', { provider, day });
    expect(await ask('sandbox', today())).toMatchObject({ status: 400, body: { code: 'day_not_over' } });
    expect(await ask('nobody', dayBefore(today()))).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await ask('sandbox', '2026-02-30')).toMatchObject({ status: 400 });
  });
});
