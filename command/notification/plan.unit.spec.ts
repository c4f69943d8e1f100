import { describe, expect, it } from 'vitest';
import type { Addresses } from '../../domain/notification/request.ts';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import type { NewNotification } from './new-notification.ts';
import { plan } from './plan.ts';

const receipt = readyMade.find(({ key }) => key === 'payment_receipt');
const data = { paymentId: 'p1', amount: 1_050, currency: 'GBP', paidAt: '2026-06-01T10:00:00Z' };
const now = new Date('2026-06-01T10:00:00.000Z');
const webhooks = { allowHttp: false, allowOwnNetworks: false };
const planned = (body: NewNotification, contacts?: Addresses) =>
  plan(body, { template: body.template === 'payment_receipt' ? receipt : undefined, contacts, now, webhooks });
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
        anyLocale: true,
        parts: [{ channel: 'email' }, { channel: 'in_app' }],
      },
    });
    expect(planned({ userId: 'u1', template: 'payment_receipt', data })).toMatchObject({ request: { to: {}, parts: [{ channel: 'in_app' }] } });
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
      request: { userId: null, parts: [{ channel: 'email' }], locale: 'de-AT', priority: 'critical', category: 'orders', metadata: { a: 'b' } },
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
      request: { template: null, content, category: 'transactional', parts: [{ channel: 'email' }, { channel: 'in_app' }] },
    });
    expect(planned({ userId: 'u1', to: { email: 'ada@example.com' }, content: { subject: 'Hi', html: '<p>' } })).toMatchObject({
      request: { parts: [{ channel: 'email' }] },
    });
  });

  it('is refused where a line could begin a header of its own', () => {
    expect(faultOf({ to: { email: 'ada@example.com' }, content: { subject: 'Hi\r\nBcc: eve@example.com', title: 'a\nb', text: 'there\nok' } })).toEqual([
      'invalid_content',
      ['content.subject', 'content.title'],
    ]);
  });

  it('is refused on a channel that nothing is said for', () => {
    expect(faultOf({ userId: 'u1', content: { replyTo: 'shop@example.com' } })).toEqual(['no_content', ['content']]);
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
    expect(faultOf({ userId: 'u1', content: { subject: 'Hi', html: '<p>' } })).toEqual(['no_address', ['to.email', 'to.webhookUrl']]);
  });
});

describe('the form of a request', () => {
  it('is a template or content, and not both', () => {
    expect(faultOf({ userId: 'u1' })).toEqual(['invalid_request', ['template']]);
    expect(faultOf({ userId: 'u1', template: 'payment_receipt', content: {} })).toEqual(['invalid_request', ['content']]);
  });
});

describe('a user whose contacts are known', () => {
  const content = { title: 'Hi', text: 'there' };
  const contacts = { email: 'ada@example.com', phone: '+441632960961', pushTokens: [{ provider: 'fcm' as const, token: 't1' }] };
  const channelsOf = (body: NewNotification) => {
    const result = planned(body, contacts);
    return 'fault' in result ? result : result.request.parts.map(({ channel }) => channel);
  };

  it('is told wherever there is an address', () => {
    expect(channelsOf({ userId: 'u1', content })).toEqual(['email', 'sms', 'push', 'in_app']);
    expect(channelsOf({ userId: 'u1', content, channels: ['sms'] })).toEqual(['sms']);
  });

  it('is not copied into the request: what holds is what the contacts say when it is sent', () => {
    expect(planned({ userId: 'u1', content }, contacts)).toMatchObject({ request: { to: {} } });
  });
});

describe('several addresses on one channel', () => {
  it('have a delivery each, told apart without naming anybody', () => {
    const result = planned({
      to: {
        pushTokens: [
          { provider: 'fcm', token: 'secret-1' },
          { provider: 'apns', token: 'secret-2' },
        ],
        slackChannel: '#ops',
        teamsUrl: 'https://teams.example/hook',
      },
      content: { title: 'Hi', text: 'there' },
    });
    const parts = 'fault' in result ? [] : result.request.parts;
    expect(parts.map(({ channel }) => channel)).toEqual(['push', 'push', 'chat', 'chat']);
    expect(new Set(parts.map(({ target }) => target)).size).toBe(4);
    expect(JSON.stringify(parts)).not.toContain('secret');
  });

  it('must each be one', () => {
    const to = { phone: '0163', slackUrl: 'nothing', teamsUrl: 'ftp://x', webhookUrl: 'https://user:password@x.example' };
    expect(faultOf({ to, content: { text: 'x' } })).toEqual(['invalid_recipient', ['to.phone', 'to.slackUrl', 'to.teamsUrl', 'to.webhookUrl']]);
  });
});

describe('a webhook', () => {
  it.each([
    'http://hooks.example/x',
    'https://127.0.0.1/x',
    'https://169.254.169.254/latest',
    'https://[::1]/x',
    'https://10.0.0.7/x',
    'https://h.example:22/x',
  ])('is not sent to %s', (webhookUrl) => {
    expect(faultOf({ to: { webhookUrl }, content: { payload: 1 } })).toEqual(['invalid_recipient', ['to.webhookUrl']]);
  });

  it('is sent to the world by TLS', () => {
    expect(planned({ to: { webhookUrl: 'https://hooks.example/x' }, content: { payload: 1 } })).toMatchObject({ request: { parts: [{ channel: 'webhook' }] } });
  });
});

describe('a time to send at', () => {
  const at = (sendAt: string) => planned({ userId: 'u1', content: { title: 'Hi', text: 'there' }, sendAt });

  it('is kept in UTC, and left out where it is now', () => {
    expect(at('2027-06-01T12:00:00+02:00')).toMatchObject({ request: { sendAt: '2027-06-01T10:00:00.000Z' } });
    expect(at('2026-06-01T09:59:30Z')).not.toHaveProperty('request.sendAt');
  });

  it('is refused in the past, and where nobody can have meant it', () => {
    expect(at('2026-06-01T09:58:00Z')).toMatchObject({ fault: 'invalid_send_at', errors: [{ path: 'sendAt' }] });
    expect(at('2126-06-01T10:00:00Z')).toMatchObject({ fault: 'invalid_send_at', errors: [{ path: 'sendAt' }] });
  });
});

describe('a digest', () => {
  const content = { title: 'Hi', text: 'there' };

  it('has the terms of its template, or the usual ones', () => {
    expect(planned({ userId: 'u1', content, digestKey: 'likes' })).toMatchObject({ request: { digest: { key: 'likes', windowSeconds: 3_600, cap: 100 } } });
    if (!receipt) throw new Error('no template');
    const template = { ...receipt, digest: { windowSeconds: 60, cap: 5 } };
    expect(plan({ userId: 'u1', template: receipt.key, data, digestKey: 'k' }, { template, contacts: undefined, now, webhooks })).toMatchObject({
      request: { digest: { key: 'k', windowSeconds: 60, cap: 5 } },
    });
  });

  it('is of a user', () => {
    expect(faultOf({ to: { email: 'ada@example.com' }, content, digestKey: 'k' })).toEqual(['invalid_request', ['userId']]);
    expect(faultOf({ userId: 'u1', content, digestKey: 'k', sendAt: '2027-06-01T10:00:00Z' })).toEqual(['invalid_request', ['sendAt']]);
  });
});

describe('content for headers', () => {
  it('is one line each, with an address to reply to that is one', () => {
    const attachments = [{ filename: 'a\nb.pdf', contentType: 'application/pdf', content: 'AAAA' }];
    expect(faultOf({ to: { email: 'ada@example.com' }, content: { subject: 'Hi', text: 'x', replyTo: 'nobody', attachments } })).toEqual([
      'invalid_content',
      ['content.replyTo', 'content.attachments.0.filename'],
    ]);
  });
});
