import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from './commands.ts';
import * as x from './examples.ts';
import { paymentIntent } from './payment-intent.ts';
import { webhook, webhookCatalogue } from './webhook.ts';

const shown = (...commands: PaymentCommand[]) =>
  paymentIntent('p1', { state: x.stateAfter(...commands), version: commands.length, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-02T00:00:00Z' });

describe('what callers see of a payment', () => {
  it('shows what was asked for', () => {
    expect(shown({ ...x.create, provider: 'mine' })).toMatchObject({
      id: 'p1',
      status: 'requires_payment_method',
      provider: 'mine',
      lastError: null,
      nextAction: null,
      risk: null,
    });
  });

  it('shows who holds the money, and never the token', () => {
    const payment = shown(x.create, x.process('a1'));
    expect(payment.provider).toBe('sandbox');
    expect(JSON.stringify(payment)).not.toContain('tok_');
  });

  it('tells why the last attempt failed, until another is made', () => {
    const declined = [x.create, x.process('a1'), x.record('a1', x.declined)];
    expect(shown(...declined).lastError).toEqual({
      code: 'payment_declined',
      declineCode: 'insufficient_funds',
      message: 'Insufficient funds',
      provider: 'sandbox',
    });
    expect(shown(x.create, x.process('a1'), x.record('a1', x.notSent)).lastError).toMatchObject({ code: 'payment_not_sent', declineCode: null });
    expect(shown(...declined, x.process('a2')).lastError).toBeNull();
    expect(shown(...declined, x.process('a2'), x.record('a2', x.captured), x.record('a1', x.captured)).provider).toBe('sandbox');
  });

  it('forgets an error that a late success corrects while another attempt stands', () => {
    const elsewhere = [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2'), x.record('a2', x.declined), x.record('a1', x.captured)];
    expect(shown(...elsewhere)).toMatchObject({ status: 'succeeded', lastError: null });
  });

  it('shows where the customer has to go', () => expect(shown(x.create, x.process('a1'), x.record('a1', x.requiresAction)).nextAction?.url).toContain('3ds'));

  it('calls a refund that was just started pending', () => {
    const paid = [x.create, x.process('a1'), x.record('a1', x.captured), x.refund('r1', 1)];
    expect(shown(...paid).refunds).toMatchObject([{ id: 'r1', status: 'pending', currency: 'GBP' }]);
    expect(shown(...paid, x.recordRefund('r1', x.failed)).refunds).toMatchObject([{ status: 'failed', error: { code: 'refused' } }]);
    expect(shown(...paid).captures).toMatchObject([{ id: 'a1', status: 'succeeded' }]);
  });

  it('is of payments that exist', () => {
    expect(() => paymentIntent('p1', { state: { status: 'absent' }, version: 0, createdAt: '', updatedAt: '' })).toThrow('p1');
  });
});

describe('a webhook', () => {
  const received = { provider: 'sandbox', eventId: 'e1', kind: 'charge.captured', paymentId: 'p1', body: '{}' };

  it('is kept once, as it came', () => {
    const first = webhook.decide({ type: 'Receive', ...received }, webhook.initialState);
    expect(first).toEqual({ accepted: [{ type: 'PaymentWebhookReceived', data: received }] });
    const state = webhook.evolve(webhook.initialState, { type: 'PaymentWebhookReceived', data: received });
    expect(webhook.decide({ type: 'Receive', ...received, body: '{ }' }, state)).toEqual({ accepted: [] });
  });

  it('is sealed with the payment that it is about, if it says so', () => {
    const { subject } = webhookCatalogue.PaymentWebhookReceived;
    expect(subject?.(received, 'w1')).toBe('payment:p1');
    expect(subject?.({ ...received, paymentId: null }, 'w1')).toBe('paymentWebhook:w1');
  });
});
