import { describe, expect, it } from 'vitest';
import * as x from './examples.ts';
import { amountDisputed } from './state.ts';

const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const asked = [...paid, x.dispute('inquiry', 6_000)];

describe('an inquiry', () => {
  it('moves no money, and blocks no refund', () => {
    expect(x.stateAfter(...asked).disputes).toMatchObject([{ status: 'inquiry', amount: 6_000 }]);
    expect(amountDisputed(x.stateAfter(...asked))).toBe(0);
    expect(x.given(...asked).when(x.refund('r1', 10_000))).toEqual(['RefundStarted']);
  });
  it('comes to an end, and is told of once', () => {
    expect(x.given(...asked).when(x.dispute('inquiry', 6_000))).toEqual([]);
    expect(x.given(...asked).when(x.dispute('inquiry_closed', 6_000))).toEqual(['DisputeInquiryClosed']);
    expect(x.given(...paid).when(x.dispute('inquiry_closed', 6_000))).toEqual(['DisputeInquired', 'DisputeInquiryClosed']);
    expect(x.given(...asked, x.dispute('inquiry_closed', 6_000)).when(x.dispute('inquiry', 6_000))).toEqual([]);
  });
  it('has a term, the latest of which counts', () => {
    const due = x.dispute('inquiry', 6_000, 'd1', 'a1', '2026-02-01T00:00:00.000Z');
    expect(x.given(...asked).when(due)).toEqual(['DisputeEvidenceDue']);
    expect(x.stateAfter(...asked, due).disputes).toMatchObject([{ status: 'inquiry', evidenceDueBy: '2026-02-01T00:00:00.000Z' }]);
  });
  it('may become a dispute, of another sum', () => {
    expect(x.given(...asked).when(x.dispute('opened', 7_000))).toEqual(['DisputeOpened']);
    expect(x.stateAfter(...asked, x.dispute('opened', 7_000)).disputes).toMatchObject([{ id: 'd1', status: 'open', amount: 7_000 }]);
    expect(x.given(...asked, x.dispute('opened', 7_000)).when(x.dispute('inquiry_closed', 6_000))).toEqual([]);
    expect(x.given(...asked).when(x.dispute('lost', 10_001))).toBe('dispute_exceeds_captured');
  });
  it('waits for the news of the charge', () => {
    expect(x.given(x.create, x.process('a1')).when(x.dispute('inquiry'))).toBe('dispute_before_capture');
  });
});

it('a dispute that is lost in part keeps the rest', () => {
  const lost = [...paid, x.dispute('opened', 6_000), x.dispute('lost', 4_000)];
  expect(amountDisputed(x.stateAfter(...lost))).toBe(4_000);
  expect(x.given(...lost).when(x.refund('r1', 6_000))).toEqual(['RefundStarted']);
  expect(x.given(...lost).when(x.refund('r1', 6_001))).toBe('refund_exceeds_captured');
  expect(amountDisputed(x.stateAfter(...paid, x.dispute('opened', 6_000), x.dispute('lost', 9_000)))).toBe(6_000);
});

it('a dispute that was won took nothing, whatever has been refunded meanwhile', () => {
  const refunded = [...paid, x.refund('r1'), x.recordRefund('r1', x.done())];
  expect(x.given(...refunded).when(x.dispute('won'))).toEqual(['DisputeOpened', 'DisputeWon']);
  expect(amountDisputed(x.stateAfter(...refunded, x.dispute('won')))).toBe(0);
});
