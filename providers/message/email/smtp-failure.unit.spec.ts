import { describe, expect, it } from 'vitest';
import { smtpFailure } from './smtp-failure.ts';

const failed = (responseCode: number, command: string, words = 'no', more: object = {}) =>
  smtpFailure(Object.assign(new Error('failed'), { responseCode, command, response: `${responseCode} ${words}`, ...more }), 'not_handed_over');

describe('whose fault a refusal of a mail server is', () => {
  it.each([
    [550, 'RCPT TO', '5.1.1 no such user', 'recipient', true],
    [550, 'RCPT TO', 'no such user', 'recipient', true],
    [553, 'RCPT TO', 'mailbox name not allowed', 'recipient', true],
    [550, 'DATA', '5.2.1 mailbox disabled', 'recipient', true],
    [556, 'RCPT TO', '5.1.10 the domain takes no mail', 'recipient', true],
    [554, 'RCPT TO', '5.7.1 relay access denied', 'destination', false],
    [552, 'RCPT TO', '5.2.2 mailbox full', 'destination', false],
    [554, 'RCPT TO', 'no', 'destination', false],
    [550, 'MAIL FROM', '5.7.1 not your address', 'configuration', false],
    [550, 'RCPT TO', '5.1.8 bad sender', 'configuration', false],
    [554, 'DATA', '5.7.1 looks like spam', 'message', true],
    [552, 'DATA', 'too large', 'message', true],
    [535, 'AUTH PLAIN', '5.7.8 wrong password', 'configuration', false],
  ])('%i after %s (%s): %s', (code, command, words, blame, permanent) => {
    expect(failed(code, command, words)).toMatchObject({ status: 'rejected', code: String(code), blame, permanent });
  });

  it('is nobody’s for now with a 4xx, or out of step', () => {
    expect(failed(421, 'RCPT TO')).toMatchObject({ status: 'unavailable' });
    expect(failed(451, 'RCPT TO')).toMatchObject({ status: 'throttled' });
    expect(failed(454, 'RCPT TO', '4.7.1 slow down')).toMatchObject({ status: 'throttled' });
    expect(failed(503, 'RCPT TO', 'bad sequence')).toMatchObject({ status: 'unavailable' });
  });

  it('is the message’s where the client itself takes it for none', () => {
    const error = Object.assign(new Error('No recipients defined'), { code: 'EENVELOPE', command: 'API' });
    expect(smtpFailure(error, 'not_handed_over')).toMatchObject({ status: 'rejected', code: 'eenvelope', permanent: true, blame: 'message' });
  });
});
