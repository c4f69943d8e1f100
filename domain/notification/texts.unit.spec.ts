import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textsFrom } from './texts.ts';

describe('ready-made texts', () => {
  it('have words for each channel that something was said for', () => {
    expect(
      textsFrom({
        subject: 'Hi',
        text: 'there',
        html: '<p>there</p>',
        title: 'Hey',
        body: 'you',
        url: '/o/1',
        data: { order: '1' },
        blocks: [{ type: 'divider' }],
        type: 'order.paid',
        payload: { order: 1 },
      }),
    ).toEqual({
      email: { subject: 'Hi', text: 'there', html: '<p>there</p>' },
      sms: { text: 'there' },
      push: { title: 'Hey', body: 'you', url: '/o/1', data: { order: '1' } },
      in_app: { title: 'Hey', body: 'you', url: '/o/1' },
      chat: { text: 'there', title: 'Hey', url: '/o/1', blocks: [{ type: 'divider' }] },
      webhook: { type: 'order.paid', payload: { order: 1 } },
    });
  });

  it('borrow from another channel', () => {
    expect(textsFrom({ subject: 'Hi', text: 'there' })).toEqual({
      email: { subject: 'Hi', text: 'there', html: null },
      sms: { text: 'there' },
      push: { title: 'Hi', body: 'there', url: null },
      in_app: { title: 'Hi', body: 'there', url: null },
      chat: { text: 'there', title: 'Hi' },
      webhook: { type: 'notification', payload: { subject: 'Hi', text: 'there' } },
    });
    expect(textsFrom({ title: 'Hey', body: 'you' })).toMatchObject({
      email: { subject: 'Hey', text: 'you', html: null },
      sms: { text: 'you' },
      chat: { text: 'you', title: 'Hey' },
    });
  });

  it('leave out a channel that they have no words for', () => {
    const channels = (content: Parameters<typeof textsFrom>[0]) => Object.keys(textsFrom(content));
    expect(channels({ subject: 'Hi', html: '<p>there</p>' })).toEqual(['email', 'webhook']);
    expect(channels({ text: 'there' })).toEqual(['sms', 'chat', 'webhook']);
    expect(channels({ subject: 'Hi' })).toEqual(['webhook']);
    expect(channels({ type: 'order.paid' })).toEqual([]);
    expect(channels({ payload: null })).toEqual(['webhook']);
    expect(channels({})).toEqual([]);
  });

  it('are cut, at a whole character, to what can be pushed', () => {
    expect(textsFrom({ title: 'Hi', body: '😀'.repeat(601) }).push?.body).toBe(`${'😀'.repeat(599)}…`);
    expect(textsFrom({ title: 'Hi', body: '😀'.repeat(600) }).push?.body).toBe('😀'.repeat(600));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (body) => {
        const pushed = textsFrom({ title: 'Hi', body }).push?.body ?? '';
        expect(Array.from(pushed).length).toBeLessThanOrEqual(600);
        expect(pushed.isWellFormed()).toBe(true);
        if (Array.from(body).length <= 600) expect(pushed).toBe(body);
        else expect(pushed).toMatch(/…$/);
      }),
    );
  });

  it('says how a push shows on the device, and tells nobody else of it', () => {
    const push = { badge: 3, collapseKey: 'order-7', ttlSeconds: 3_600 };
    const texts = textsFrom({ title: 'Hi', body: 'there', push });
    expect(texts.push).toEqual({ title: 'Hi', body: 'there', url: null, ...push });
    expect(texts.webhook?.payload).toEqual({ title: 'Hi', body: 'there' });
  });
});
