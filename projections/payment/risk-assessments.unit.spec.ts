import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import type { RiskDecision } from '../../domain/payment/risk.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { foldBatch } from '../fold.ts';
import { type RiskAssessments, riskAssessments } from './risk-assessments.ts';

const asked = (decision: RiskDecision, attemptId = 'a1') => ({ ...x.process(attemptId), assessment: x.assessedAs(decision) });

/** The document after these commands; every event comes twice. */
const documentAfter = (...commands: PaymentCommand[]): RiskAssessments | undefined => {
  const log = memoryLog();
  const events = x.historyOf(...commands).map((event) => log.append('payment-p1', event));
  let stored: Stored<object> | undefined;
  for (const batch of [events, events])
    for (const { id, position, document } of foldBatch(riskAssessments, batch, () => stored).changes.values())
      if (document) stored = { id, position, document };
  return stored?.document as RiskAssessments | undefined;
};
const fate = (...commands: PaymentCommand[]) => documentAfter(...commands)?.records.at(-1)?.fate;

describe('what the rules of risk have judged', () => {
  it('is kept without what is personal', () => {
    const document = documentAfter(x.create, asked('allow'));
    expect(document).toMatchObject({
      inReview: false,
      records: [
        {
          attemptId: 'a1',
          provider: 'sandbox',
          decision: 'allow',
          score: 40,
          ruleSetVersion: 3,
          rules: [{ id: 'high_amount' }],
          inputs: { amount: 10_000, customerId: 'c1', country: 'GB' },
          withheld: ['email_domain', 'ip'],
        },
      ],
    });
    expect(document?.assessedAt).toBe(document?.records[0]?.at);
    expect(JSON.stringify(document)).not.toMatch(/192\.0\.2\.1|example\.com/);
  });

  it('is nothing where nobody has judged', () => expect(documentAfter(x.create, x.process('a1'), x.record('a1', x.captured))).toBeUndefined());

  it('waits for people until they have decided', () => {
    const waiting = documentAfter(x.create, asked('review'));
    expect(waiting).toMatchObject({ inReview: true, records: [{ fate: { status: 'open' } }] });
    expect(waiting?.reviewSince).toEqual(expect.any(String));
    expect(documentAfter(x.create, asked('review'), x.approve('d1'))).toMatchObject({
      inReview: false,
      reviewSince: null,
      records: [{ fate: { status: 'open' } }],
    });
    expect(documentAfter(x.create, asked('review'), x.rejectReview('d1'))).toMatchObject({ inReview: false, records: [{ fate: { status: 'not_made' } }] });
    expect(documentAfter(x.create, asked('review'), x.cancel('v1'))).toMatchObject({ inReview: false, records: [{ fate: { status: 'not_made' } }] });
  });

  it('keeps each attempt for itself', () => {
    const document = documentAfter(
      x.create,
      asked('block'),
      asked('allow', 'a2'),
      x.record('a2', x.declined),
      asked('allow', 'a3'),
      x.record('a3', x.captured),
    );
    expect(document?.records.map(({ attemptId, fate }) => [attemptId, fate.status])).toEqual([
      ['a1', 'not_made'],
      ['a2', 'declined'],
      ['a3', 'paid'],
    ]);
  });

  it('follows an attempt to the provider that takes over', () => {
    const process = { ...asked('allow'), route: x.routeTo('first', ['second']) };
    const document = documentAfter(x.create, process, x.record('a1', x.declined), x.record('a1+', x.captured));
    expect(document?.records).toMatchObject([{ attemptId: 'a1', made: ['a1', 'a1+'], fate: { status: 'paid', captured: 10_000 } }]);
  });
});

describe('what became of it', () => {
  const paid = [x.create, asked('allow'), x.record('a1', x.captured)];
  it('is what was captured', () => {
    expect(fate(...paid)).toEqual({ status: 'paid', captured: 10_000, refunded: 0, disputed: false });
    const held = [x.createManual, asked('allow'), x.record('a1', x.authorized)];
    expect(fate(...held)?.status).toBe('open');
    expect(fate(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)))).toMatchObject({ status: 'paid', captured: 4_000 });
  });
  it('is what was given back', () => {
    const refunded = [...paid, x.refund('r1', 3_000), x.recordRefund('r1', x.done(3_000))];
    expect(fate(...refunded)).toMatchObject({ status: 'paid', refunded: 3_000 });
    expect(fate(...refunded, x.recordRefund('r1', x.reversed))).toMatchObject({ status: 'paid', refunded: 0 });
    expect(fate(...paid, x.refund('r1', 3_000), x.recordRefund('r1', x.reversed))).toMatchObject({ status: 'paid', refunded: 0 });
  });
  it('is nothing once it has come back', () => {
    expect(fate(...paid, x.record('a1', x.reversed))).toMatchObject({ status: 'declined', captured: 0 });
    const held = [x.createManual, asked('allow'), x.record('a1', x.authorized), x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))];
    const parts = [...held, x.capture('k2'), x.recordCapture('k2', x.done(6_000)), x.recordCapture('k1', x.reversed)];
    expect(fate(...parts)).toMatchObject({ status: 'paid', captured: 6_000 });
  });
  it('is a dispute until it is won', () => {
    expect(fate(...paid, x.dispute('opened'))).toMatchObject({ disputed: true });
    expect(fate(...paid, x.dispute('opened'), x.dispute('lost'))).toMatchObject({ disputed: true });
    expect(fate(...paid, x.dispute('opened'), x.dispute('won'))).toMatchObject({ disputed: false });
  });
  it('is not what came as surplus, and went back', () => {
    const late = [x.create, asked('allow'), x.record('a1', x.declined), asked('allow', 'a2'), x.record('a2', x.captured), x.record('a1', x.captured)];
    const first = documentAfter(...late, x.recordRefund('reversal-a1', x.done()))?.records[0];
    expect(first?.fate).toEqual({ status: 'declined', captured: 0, refunded: 0, disputed: false });
  });
});
