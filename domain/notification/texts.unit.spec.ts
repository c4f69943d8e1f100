import { describe, expect, it } from 'vitest';
import { textsFrom } from './texts.ts';

describe('ready-made texts', () => {
  it('have words for each channel that something was said for', () => {
    expect(textsFrom({ subject: 'Hi', text: 'there', html: '<p>there</p>', title: 'Hey', body: 'you', url: '/o/1' })).toEqual({
      email: { subject: 'Hi', text: 'there', html: '<p>there</p>' },
      in_app: { title: 'Hey', body: 'you', url: '/o/1' },
    });
  });

  it('borrow from the other channel', () => {
    expect(textsFrom({ subject: 'Hi', text: 'there' })).toEqual({
      email: { subject: 'Hi', text: 'there', html: null },
      in_app: { title: 'Hi', body: 'there', url: null },
    });
    expect(textsFrom({ title: 'Hey', body: 'you' }).email).toEqual({ subject: 'Hey', text: 'you', html: null });
  });

  it('leave out a channel that they have no words for', () => {
    expect(textsFrom({ subject: 'Hi', html: '<p>there</p>' })).toEqual({ email: { subject: 'Hi', text: null, html: '<p>there</p>' } });
    expect(textsFrom({ text: 'there' })).toEqual({});
    expect(textsFrom({ subject: 'Hi' })).toEqual({});
  });
});
