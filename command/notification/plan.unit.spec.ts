import { describe, expect, it } from 'vitest';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import { type NewNotification, plan } from './plan.ts';

const receipt = readyMade.find(({ key }) => key === 'payment_receipt');
const data = { paymentId: 'p1', amount: 1_050, currency: 'GBP', paidAt: '2026-06-01T10:00:00Z' };
const planned = (body: NewNotification) => plan(body, body.template === 'payment_receipt' ? receipt : undefined);
const faultOf = (body: NewNotification) => {
  const result = planned(body);
  return 'fault' in result ? [result.fault, result.errors.map(({ path }) => path)] : result;
};

describe('a notification from a template', () => {
  it('goes on every channel that the template and the recipient have', () => {
    expect(planned({ userId: 'u1', to: { email: 'ada@example.com' }, template: 'payment_receipt', data })).toEqual({
      request: {
        userId: 'u1',
        to: { email: 'ada@example.com' },
        template: { key: 'payment_receipt', version: 1 },
        data,
        category: 'payments',
        priority: 'normal',
        locale: 'en',
        channels: ['email', 'in_app'],
      },
    });
    expect(planned({ userId: 'u1', template: 'payment_receipt', data })).toMatchObject({ request: { to: {}, channels: ['in_app'] } });
    expect(
      planned({
        to: { email: 'ada@example.com' },
        template: 'payment_receipt',
        data,
        locale: 'de-AT',
        priority: 'critical',
        category: 'orders',
        metadata: { a: 'b' },
      }),
    ).toMatchObject({
      request: { userId: null, channels: ['email'], locale: 'de-AT', priority: 'critical', category: 'orders', metadata: { a: 'b' } },
    });
  });

  it('is refused where there is no such template', () => {
    expect(faultOf({ userId: 'u1', template: 'nothing' })).toEqual(['template_not_found', ['template']]);
  });

  it('is refused with the name of each variable that is missing or unknown', () => {
    expect(faultOf({ userId: 'u1', template: 'payment_receipt', data: { amount: 0, currency: 'GBP', extra: 1 } })).toEqual([
      'invalid_variables',
      expect.arrayContaining(['data.paymentId', 'data.paidAt', 'data.amount', 'data.extra']),
    ]);
    expect(faultOf({ userId: 'u1', template: 'payment_receipt' })).toEqual([
      'invalid_variables',
      ['data.paymentId', 'data.amount', 'data.currency', 'data.paidAt'],
    ]);
  });
});

describe('a notification of ready content', () => {
  it('goes on the channels that it has words for', () => {
    const content = { subject: 'Hi', text: 'there' };
    expect(planned({ userId: 'u1', to: { email: 'ada@example.com' }, content })).toMatchObject({
      request: { template: null, content, category: 'transactional', channels: ['email', 'in_app'] },
    });
    expect(planned({ userId: 'u1', to: { email: 'ada@example.com' }, content: { subject: 'Hi', html: '<p>' } })).toMatchObject({
      request: { channels: ['email'] },
    });
  });

  it('is refused where a line could begin a header of its own', () => {
    expect(faultOf({ to: { email: 'ada@example.com' }, content: { subject: 'Hi\r\nBcc: eve@example.com', title: 'a\nb', text: 'there\nok' } })).toEqual([
      'invalid_content',
      ['content.subject', 'content.title'],
    ]);
  });

  it('is refused on a channel that nothing is said for', () => {
    expect(faultOf({ userId: 'u1', content: { text: 'there' } })).toEqual(['no_content', ['content']]);
    expect(faultOf({ userId: 'u1', content: { subject: 'Hi', html: '<p>' }, channels: ['in_app'] })).toEqual(['no_content', ['channels']]);
  });

  it('takes no data: nothing is put into it', () => {
    expect(faultOf({ userId: 'u1', content: { subject: 'Hi', text: 'there' }, data: {} })).toEqual(['invalid_request', ['data']]);
  });
});

describe('a recipient', () => {
  const content = { subject: 'Hi', text: 'there' };
  it('must be named, reachable, and written as an address', () => {
    expect(faultOf({ content })).toEqual(['no_address', ['to']]);
    expect(faultOf({ to: {}, content })).toEqual(['no_address', ['to']]);
    expect(faultOf({ to: { email: 'Ada <ada@example.com>' }, content })).toEqual(['invalid_recipient', ['to.email']]);
    expect(faultOf({ userId: 'u1', content, channels: ['email', 'in_app'] })).toEqual(['no_address', ['to.email']]);
    expect(faultOf({ to: { email: 'ada@example.com' }, content, channels: ['in_app'] })).toEqual(['no_address', ['userId']]);
    expect(faultOf({ userId: 'u1', content: { subject: 'Hi', html: '<p>' } })).toEqual(['no_address', ['to.email']]);
  });
});

describe('the form of a request', () => {
  it('is a template or content, and not both', () => {
    expect(faultOf({ userId: 'u1' })).toEqual(['invalid_request', ['template']]);
    expect(faultOf({ userId: 'u1', template: 'payment_receipt', content: {} })).toEqual(['invalid_request', ['content']]);
  });
});
