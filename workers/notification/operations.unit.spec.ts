import { expect, it } from 'vitest';
import { noExperiments } from '../../domain/notification/experiment/running.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Bus, PublicEvent } from '../../platform/bus/bus.ts';
import { chooseTemplate } from '../../platform/templates/choose-template.ts';
import { renderer } from '../../platform/templates/liquid.ts';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import { fixedTemplates } from '../../platform/templates/template.ts';
import { wrongVariables } from '../../platform/templates/variables.ts';
import { messageOf, operationsTypes, runOperations } from './operations.ts';

const time = '2026-06-01T10:00:00.000Z';
const now = new Date('2026-06-01T10:00:05.000Z');
const email = 'payments@shop.example';
const event = (type: string, data: Record<string, unknown> = {}): PublicEvent => ({
  specversion: '1.0',
  id: 'e1',
  source: '/payments',
  type,
  subject: 'p1',
  time,
  datacontenttype: 'application/json',
  data: {
    paymentId: 'p1',
    amount: 1_050,
    currency: 'GBP',
    reference: 'order-7',
    provider: 'stripe',
    customer: { id: 'u1', email: 'ada@example.com' },
    ...data,
  },
});
const templates = fixedTemplates(readyMade);
const newest = chooseTemplate({ templates, experiments: noExperiments, recipientId: (key) => key });

it.each([
  ['payment.refund_failed', 'A refund failed: £10.50', 'has not got their money', {}],
  ['payment.review_opened', 'A payment waits for approval: £10.50', 'approve or reject', {}],
  ['payment.dispute_opened', 'A payment is disputed: £10.50', 'evidence before', { evidenceDueBy: '2026-06-08T00:00:00.000Z' }],
  ['payment.dispute_opened', 'A payment is disputed: £10.50', 'evidence, or', {}],
  ['payment.authorization_expired', 'An authorization has expired: £10.50', 'was released', {}],
])('%s is told to the people who look after payments: %s', async (type, subject, words, more) => {
  const asked = messageOf(event(type, more), email, now);
  const template = await templates.latest(asked?.template ?? '');
  if (!asked || !template) throw new Error('nothing is told');
  expect(asked).toMatchObject({ recipient: { userId: null, to: { email } }, channels: ['email'] });
  expect(wrongVariables(template.variables, asked.data)).toEqual([]);
  const rendered = (await renderer().render(template, asked.data, 'en')).email;
  expect(rendered?.subject).toBe(subject);
  expect(rendered?.text).toContain(words);
  expect(rendered?.html).toContain(words);
  // Who the customer is, only those learn who may look the payment up.
  expect(JSON.stringify(rendered)).not.toContain('ada@example.com');
});

it.each([
  ['gone', 'answered 410'],
  ['failing', 'for five days'],
])('a webhook endpoint that was disabled as %s is told to them; one that somebody has disabled is not', async (reason, words) => {
  const told = (data: Record<string, unknown>) => messageOf({ ...event('endpoint.disabled'), source: '/notifications', data }, email, now);
  const asked = told({ endpointId: 'e1', reason });
  const template = await templates.latest(asked?.template ?? '');
  if (!asked || !template) throw new Error('nothing is told');
  expect(wrongVariables(template.variables, asked.data)).toEqual([]);
  const rendered = (await renderer().render(template, asked.data, 'en')).email;
  expect([rendered?.text, rendered?.html].every((text) => text?.includes(words) && text.includes('e1'))).toBe(true);
  expect(told({ endpointId: 'e1', reason: 'manual' })).toBeUndefined();
  expect(() => told({})).toThrow('lacks what people need');
});

it('is told once, of what is new, and of nothing else', () => {
  expect(messageOf(event('payment.refund_failed'), email, now)?.id).toBe(messageOf(event('payment.refund_failed'), email, now)?.id);
  expect(messageOf(event('payment.captured'), email, now)).toBeUndefined();
  expect(messageOf(event('payment.refund_failed'), email, new Date('2026-06-03T10:00:00Z'))).toBeUndefined();
  expect(() => messageOf(event('payment.refund_failed', { amount: 0 }), email, now)).toThrow('lacks what people need');
});

it('asks for one notification of category operations for each event', async () => {
  const requests: Request[] = [];
  const consumed: { types: readonly string[]; handler?: Parameters<Bus['consume']>[2] } = { types: [] };
  const bus: Bus = {
    consume: async (_, types, handler) => {
      Object.assign(consumed, { types, handler });
      return { stop: async () => {} };
    },
  };
  await runOperations({
    bus,
    email,
    chooseTemplate: newest,
    now: () => now,
    notifications: {
      handle: async (_, command) => {
        if (command.type === 'Request') requests.push(command.request);
        return { rejected: 'idempotency_key_reused' };
      },
    },
  });
  expect(consumed.types).toEqual(operationsTypes);
  await expect(consumed.handler?.(event('payment.refund_failed'))).rejects.toThrow('was refused');
  await consumed.handler?.(event('payment.captured'));
  expect(requests).toMatchObject([{ category: 'operations', template: { key: 'payment_attention' }, to: { email } }]);
});
