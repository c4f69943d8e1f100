import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../domain/event.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { foldBatch } from '../fold.ts';
import type { AnyProjection } from '../projection.ts';
import { attention } from './attention.ts';
import { type AttentionItem, attentionId } from './attention-changes.ts';
import { type DisputeDocument, disputes } from './disputes.ts';
import { type LedgerMovement, reconciliationLedger } from './reconciliation-ledger.ts';
import { type ReconciliationRecord, reconciliationList } from './reconciliation-list.ts';

type Written = readonly [stream: string, event: DomainEvent];

/** The documents after these events. */
const given = <D extends object>(projection: AnyProjection, ...written: Written[]): ReadonlyMap<string, D> => {
  const log = memoryLog();
  for (const [stream, event] of written) log.append(stream, event);
  const { changes, failed } = foldBatch(
    projection,
    log.events.filter(({ type }) => projection.handles.includes(type)),
    () => undefined,
  );
  if (failed) throw failed.error;
  return new Map([...changes.values()].flatMap(({ id, document }) => (document ? [[id, document as D]] : [])));
};
const facts = { attemptId: 'a1', amount: 1_000, currency: 'GBP', provider: 'stripe', method: 'card', country: null };
const on = (type: string, data: object = {}): Written => ['payment-p1', { type, data: { ...facts, ...data } }];
const list = (...written: Written[]) => [...given<AttentionItem>(attention, ...written).values()].map(({ kind, about }) => `${kind} ${about.kind} ${about.id}`);

describe('the list of what people must look at', () => {
  it.each([
    [[on('AttemptUnknown', { previously: 'started', reason: 'no answer' })], ['unknown attempt a1']],
    [[on('CapturePending', { previously: 'started', captureId: 'k1' })], ['pending capture k1']],
    [[on('VoidUnknown', { previously: 'started', voidId: 'v1', reason: 'no answer' })], ['unknown void v1']],
    [[on('RefundFailed', { previously: 'started', refundId: 'r1', code: 'refused', message: 'account closed' })], ['refund_failed refund r1']],
    [[on('ReviewOpened')], ['review attempt a1']],
    [[on('DisputeOpened', { disputeId: 'd1', reason: 'fraudulent' })], ['dispute dispute d1']],
    [[on('DisputeInquired', { disputeId: 'd1', reason: null, evidenceDueBy: null })], ['dispute dispute d1']],
    [
      [on('DisputeInquired', { disputeId: 'd1', reason: null, evidenceDueBy: null }), on('DisputeOpened', { disputeId: 'd1', reason: null })],
      ['dispute dispute d1'],
    ],
    [[on('AttemptReversed', { previously: 'succeeded', code: 'c', message: 'm' })], ['reversed attempt a1']],
    [[on('CaptureReversed', { previously: 'succeeded', captureId: 'k1', code: 'c', message: 'm' })], ['reversed capture k1']],
    [[on('RefundReversed', { previously: 'succeeded', refundId: 'r1', code: 'c', message: 'm' })], ['refund_failed refund r1']],
    [
      [
        on('RefundFailed', { previously: 'started', refundId: 'r1', code: 'c', message: 'm' }),
        on('RefundReversed', { previously: 'failed', refundId: 'r1', code: 'c', message: 'm' }),
      ],
      ['refund_failed refund r1'],
    ],
    [[on('AttemptCaptured', { previously: 'started' }), on('AttemptStarted')], []],
  ])('has what is open', (written, expected) => expect(list(...written)).toEqual(expected));

  it.each([
    [[on('AttemptUnknown', { previously: 'started', reason: 'no answer' }), on('AttemptPending', { previously: 'unknown' })], ['pending attempt a1']],
    [[on('AttemptUnknown', { previously: 'started', reason: 'no answer' }), on('AttemptCaptured', { previously: 'unknown' })], []],
    [[on('RefundPending', { previously: 'started', refundId: 'r1' }), on('RefundSucceeded', { previously: 'pending', refundId: 'r1' })], []],
    [
      [on('RefundFailed', { previously: 'started', refundId: 'r1', code: 'c', message: 'm' }), on('RefundSucceeded', { previously: 'failed', refundId: 'r1' })],
      [],
    ],
    ...['ReviewApproved', 'ReviewRejected', 'ReviewClosed'].map((end): [Written[], string[]] => [[on('ReviewOpened'), on(end)], []]),
    [[on('DisputeInquired', { disputeId: 'd1', reason: null, evidenceDueBy: null }), on('DisputeInquiryClosed', { disputeId: 'd1' })], []],
    ...['DisputeWon', 'DisputeLost'].map((end): [Written[], string[]] => [
      [on('DisputeOpened', { disputeId: 'd1', reason: null }), on(end, { disputeId: 'd1' })],
      [],
    ]),
  ])('leaves out what has settled', (written, expected) => {
    expect(list(...written)).toEqual(expected);
  });

  it('says how much, where, since when, and why', () => {
    const id = attentionId('refund_failed', 'p1', 'refund', 'r1');
    const items = given<AttentionItem>(attention, on('RefundFailed', { previously: 'started', refundId: 'r1', code: 'c', message: 'account closed' }));
    const at = items.get(id)?.since;
    expect(items.get(id)).toEqual({
      ...{ kind: 'refund_failed', paymentId: 'p1', about: { kind: 'refund', id: 'r1' }, provider: 'stripe', amount: 1_000, currency: 'GBP' },
      ...{ detail: 'account closed', since: at, dueBy: null, showFrom: at, open: true, resolution: null },
    });
  });

  it('shows what is undecided only after a while, and a dispute a week before its evidence is due', () => {
    const shownAfterMs = (...written: Written[]) =>
      [...given<AttentionItem>(attention, ...written).values()].map(({ since, showFrom }) => Date.parse(showFrom) - Date.parse(since));
    expect(shownAfterMs(on('AttemptUnknown', { previously: 'started', reason: 'no answer' }))).toEqual([600_000]);
    expect(shownAfterMs(on('AttemptPending', { previously: 'started' }))).toEqual([86_400_000]);
    const due = (evidenceDueBy: string | null) => on('DisputeOpened', { disputeId: 'd1', reason: null, evidenceDueBy });
    expect(shownAfterMs(due(null))).toEqual([0]);
    const late = [...given<AttentionItem>(attention, due('2027-03-20T00:00:00.000Z')).values()];
    expect(late).toMatchObject([{ dueBy: '2027-03-20T00:00:00.000Z', showFrom: '2027-03-13T00:00:00.000Z' }]);
    const moved = given<AttentionItem>(attention, due(null), on('DisputeEvidenceDue', { disputeId: 'd1', evidenceDueBy: '2027-04-20T00:00:00.000Z' }));
    expect([...moved.values()]).toMatchObject([{ dueBy: '2027-04-20T00:00:00.000Z', showFrom: '2027-04-13T00:00:00.000Z' }]);
  });

  it('has contradictions, until somebody says what was done', () => {
    const contradiction = {
      paymentId: 'p1',
      thing: { kind: 'refund', id: 'r1' },
      code: 'outcome_contradicts',
      said: 'succeeded',
      provider: 's',
      amount: 1,
      currency: 'GBP',
    };
    const found: Written = ['attention-i1', { type: 'ContradictionFound', data: contradiction }];
    expect(given<AttentionItem>(attention, found).get('i1')).toMatchObject({ kind: 'contradiction', detail: 'outcome_contradicts: succeeded', open: true });
    const resolved = given<AttentionItem>(attention, found, ['attention-i1', { type: 'AttentionResolved', data: { note: 'paid back' } }]);
    expect(resolved.get('i1')).toMatchObject({ open: false, resolution: { by: 'test', note: 'paid back' } });
    const erased = given<AttentionItem>(attention, found, ['attention-i1', { type: 'AttentionResolved', data: {} }]);
    expect(erased.get('i1')).toMatchObject({ open: false, resolution: { note: null } });
    expect(given(attention, ['attention-gone', { type: 'AttentionResolved', data: { note: 'x' } }])).toHaveLength(0);
  });

  it('has what a reconciliation found, until another run no longer does; and what was resolved stays so', () => {
    const movement = { kind: 'capture', amount: 5, currency: 'GBP', at: '2026-03-10T12:00:00Z' };
    const finding = (reference: string) => ({
      key: `missing capture ${reference}`,
      kind: 'missing',
      reference,
      providerReference: null,
      paymentId: 'p1',
      ours: movement,
      theirs: null,
    });
    const completed = (findings: object[], cleared: string[] = []): Written => [
      'reconciliation-stripe-2026-03-10',
      { type: 'ReconciliationCompleted', data: { provider: 'stripe', day: '2026-03-10', run: 1, totals: [], findings, cleared, findingsLeftOut: 0 } },
    ];
    const other = {
      key: 'different capture c',
      kind: 'different',
      reference: null,
      providerReference: 'ch',
      paymentId: null,
      ours: movement,
      theirs: { ...movement, amount: 6 },
    };
    expect(list(completed([finding('a'), other]))).toEqual(['reconciliation capture a', 'reconciliation capture ch']);
    const resolve: Written = [
      `attention-${attentionId('reconciliation', 'stripe', '2026-03-10', 'missing capture a')}`,
      { type: 'AttentionResolved', data: { note: 'n' } },
    ];
    const after = given<AttentionItem>(attention, completed([finding('a')]), resolve, completed([finding('a'), finding('b')]), [
      'once',
      { type: 'none', data: {} },
    ]);
    expect([...after.values()].map(({ about, open }) => [about.id, open])).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect(list(completed([finding('a')]), completed([], ['missing capture a']))).toEqual([]);
  });
});

describe('the list of disputes', () => {
  const opened = on('DisputeOpened', { disputeId: 'd1', reason: 'fraudulent' });
  const one = (...written: Written[]) => [...given<DisputeDocument>(disputes, opened, ...written).values()][0];

  it('follows each to its end', () => {
    expect(one()).toMatchObject({ disputeId: 'd1', paymentId: 'p1', provider: 'stripe', status: 'open', amount: 1_000, evidenceDueBy: null, closedAt: null });
    expect(one(on('DisputeEvidenceDue', { disputeId: 'd1', evidenceDueBy: '2027-01-01T00:00:00Z' }))).toMatchObject({ evidenceDueBy: '2027-01-01T00:00:00Z' });
    expect(one(on('DisputeWon', { disputeId: 'd1' }))).toMatchObject({ status: 'won', closedAt: expect.any(String) });
    expect(one(on('DisputeLost', { disputeId: 'd1' }))).toMatchObject({ status: 'lost' });
    expect(one(on('DisputeLost', { disputeId: 'd1', amount: 400 }))).toMatchObject({ status: 'lost', amount: 400 });
    expect(one(on('DisputeInquiryClosed', { disputeId: 'd1' }))).toMatchObject({ status: 'open' });
    expect(one(opened)).toMatchObject({ status: 'open' });
    expect(() => given(disputes, on('DisputeLost', { disputeId: 'd9' }))).toThrow('never opened');
  });
});

describe('the list of disputes, with what is asked about', () => {
  const asked = on('DisputeInquired', { disputeId: 'd1', reason: null, evidenceDueBy: null, amount: 500 });
  const one = (...written: Written[]) => [...given<DisputeDocument>(disputes, asked, ...written).values()][0];

  it('follows it too', () => {
    expect(one()).toMatchObject({ status: 'inquiry', amount: 500, closedAt: null });
    expect(one(on('DisputeInquiryClosed', { disputeId: 'd1' }))).toMatchObject({ status: 'inquiry_closed', closedAt: expect.any(String) });
    expect(one(on('DisputeOpened', { disputeId: 'd1', reason: 'fraudulent' }))).toMatchObject({ status: 'open', amount: 1_000, closedAt: null });
    expect(one(asked)).toMatchObject({ status: 'inquiry' });
  });
});

describe('our books', () => {
  it('hold nothing of what was undone since, nor of what was undone before it was known', () => {
    const done = { providerReference: 'ch', previously: 'started' };
    const back = { providerReference: 'ch', previously: 'succeeded', code: 'c', message: 'm' };
    const books = given<LedgerMovement>(
      reconciliationLedger,
      ...[on('AttemptCaptured', done), on('RefundSucceeded', { ...done, refundId: 'r1' }), on('CaptureSucceeded', { ...done, captureId: 'k1' })],
      ...[on('AttemptReversed', back), on('RefundReversed', { ...back, refundId: 'r1' }), on('CaptureReversed', { ...back, captureId: 'k1' })],
      on('RefundReversed', { ...back, refundId: 'r2' }),
    );
    expect([...books]).toEqual([]);
  });

  it('hold what was captured and refunded, by its reference', () => {
    const done = { providerReference: 'ch', previously: 'started' };
    const books = given<LedgerMovement>(
      reconciliationLedger,
      on('AttemptCaptured', done),
      on('CaptureSucceeded', { ...done, captureId: 'k1', amount: 2 }),
      on('RefundSucceeded', { ...done, refundId: 'r1', amount: 3 }),
    );
    expect([...books].map(([id, { kind, amount, provider, paymentId }]) => [id, kind, amount, provider, paymentId])).toEqual([
      ['a1', 'capture', 1_000, 'stripe', 'p1'],
      ['k1', 'capture', 2, 'stripe', 'p1'],
      ['r1', 'refund', 3, 'stripe', 'p1'],
    ]);
  });
});

describe('the list of reconciliations', () => {
  it('has one record a day and provider, with what the last run found', () => {
    const about = { provider: 'stripe', day: '2026-03-10' };
    const stream = 'reconciliation-stripe-2026-03-10';
    const requested = (run: number): Written => [stream, { type: 'ReconciliationRequested', data: { ...about, run } }];
    const completed: Written = [
      stream,
      { type: 'ReconciliationCompleted', data: { ...about, run: 1, totals: [], findings: [], cleared: [], findingsLeftOut: 2 } },
    ];
    const record = (...written: Written[]) => given<ReconciliationRecord>(reconciliationList, ...written).get('stripe-2026-03-10');
    expect(record(requested(1))).toMatchObject({ provider: 'stripe', day: '2026-03-10', completedAt: null, state: { status: 'requested', report: null } });
    expect(record(requested(1), completed)).toMatchObject({ completedAt: expect.any(String), state: { status: 'completed', report: { findingsLeftOut: 2 } } });
    expect(record(requested(1), completed, requested(2))).toMatchObject({
      completedAt: expect.any(String),
      state: { status: 'requested', run: 2, report: { findingsLeftOut: 2 } },
    });
  });
});
