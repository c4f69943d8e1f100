import { describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import { noExperiments } from '../../domain/notification/experiment/running.ts';
import { notification } from '../../domain/notification/notification.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import { chooseTemplate } from '../../platform/templates/choose-template.ts';
import { renderer } from '../../platform/templates/liquid.ts';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import { fixedTemplates } from '../../platform/templates/template.ts';
import { wrongVariables } from '../../platform/templates/variables.ts';
import { type ReceiptSettings, receiptOf, sendReceipt } from './receipts.ts';

const time = '2026-06-01T10:00:00.000Z';
const captured = (data: Record<string, unknown> = {}, change: Partial<PublicEvent> = {}): PublicEvent => ({
  specversion: '1.0',
  id: 'e1',
  source: '/payments',
  type: 'payment.captured',
  subject: 'p1',
  time,
  datacontenttype: 'application/json',
  data: {
    paymentId: 'p1',
    amount: 1_050,
    currency: 'GBP',
    reference: 'order-7',
    customer: { id: 'u1', email: 'ada@example.com', name: 'Ada', country: 'GB' },
    ...data,
  },
  ...change,
});
const templates = fixedTemplates(readyMade);
const newest = chooseTemplate({ templates, experiments: noExperiments, recipientId: (key) => key });

const streams = () => {
  const byId = new Map<string, NotificationEvent[]>();
  const notifications: ReceiptSettings['notifications'] = {
    handle: async (id, command) => {
      const events = byId.get(id) ?? [];
      const decision = notification.decide(command, fold(notification, events));
      if ('rejected' in decision) return decision;
      byId.set(id, [...events, ...decision.accepted]);
      return { state: fold(notification, byId.get(id) ?? []), version: 1, position: 0n, createdAt: time, updatedAt: time, replayed: false };
    },
  };
  return { notifications, byId };
};

describe('a public event of a payment', () => {
  it.each([
    ['payment.captured', 'payment_receipt', {}],
    ['payment.refunded', 'payment_refund', { refundId: 'r1' }],
    ['payment.declined', 'payment_failed', { declineCode: 'insufficient_funds' }],
  ])('%s becomes a notification from %s, with all that the template needs', async (type, key, more) => {
    const asked = receiptOf(captured(more, { type }));
    expect(asked).toMatchObject({ template: key, channels: ['email', 'in_app'], recipient: { userId: 'u1', to: { email: 'ada@example.com' } } });
    const template = await templates.latest(key);
    if (!template || !asked) throw new Error(`${key} is missing`);
    expect(wrongVariables(template.variables, asked.data)).toEqual([]);
    expect((await renderer().render(template, asked.data, 'en')).email?.text).toContain('£10.50');
  });

  it('goes by e-mail only, in the app only, or nowhere, as the customer is known', () => {
    expect(receiptOf(captured({ customer: { email: 'ada@example.com' } }))).toMatchObject({ channels: ['email'], recipient: { userId: null } });
    expect(receiptOf(captured({ customer: { id: 'u1' } }))).toMatchObject({ channels: ['in_app'], recipient: { to: {} } });
    expect(receiptOf(captured({ customer: undefined }))).toBeUndefined();
    expect(receiptOf(captured({ customer: {} }))).toBeUndefined();
  });

  it('is left alone when it is none of ours', () => {
    expect(receiptOf(captured({}, { type: 'payment.created' }))).toBeUndefined();
  });

  it('is not taken when it lacks what was promised', () => {
    expect(() => receiptOf(captured({ amount: 10.5 }))).toThrow('/amount');
  });
});

describe('asking for a receipt', () => {
  it('makes one notification of an event, however often it is delivered', async () => {
    const { notifications, byId } = streams();
    const send = sendReceipt({ notifications, chooseTemplate: newest });
    await send(captured());
    await send(captured());
    await send(captured({}, { id: 'e2' }));
    await send(captured({ customer: {} }, { id: 'e3' }));
    expect([...byId.values()].map((events) => events.length)).toEqual([1, 1]);
    expect([...byId.values()][0]?.[0]?.data).toMatchObject({
      template: { key: 'payment_receipt', version: 1 },
      category: 'payments',
      deliveries: [{ channel: 'email' }, { channel: 'in_app' }],
    });
  });

  it('fails loudly where its template is gone', async () => {
    await expect(sendReceipt({ notifications: streams().notifications, chooseTemplate: async () => undefined })(captured())).rejects.toThrow('payment_receipt');
  });
});
