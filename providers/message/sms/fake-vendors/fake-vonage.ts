import { randomUUID } from 'node:crypto';
import type { Reply, Vendor } from './fake-vendor.ts';
import { type Check, specification } from './specification.ts';

export const apiKey = 'abcd1234';
export const apiSecret = 'fake-secret';

const vonage = specification('nexmo.com/messages-olympus.json');
const send = ['paths', '/', 'post'];
const schema = ['content', 'application/json', 'schema'];
// The first of the kinds of messages is that of text messages.
const faultOfRequest = vonage([...send, 'requestBody', ...schema, 'oneOf', '0']);
const faultOfAnswer = vonage([...send, 'responses', '202', ...schema, 'oneOf', '0']);
const faultOfStatus = vonage(['components', 'schemas', 'messageStatusSMS']);
const errors: Readonly<Record<number, Check>> = {
  402: vonage([...send, 'responses', '402', ...schema]),
  422: vonage(['components', 'schemas', 'ErrorChannelParams']),
  429: vonage([...send, 'responses', '429', ...schema]),
  500: vonage([...send, 'responses', '500', ...schema]),
};

const checked = (check: Check | undefined, value: unknown): string => {
  const fault = check?.(value);
  if (fault) throw new Error(`the fake's own words: ${fault}`);
  return JSON.stringify(value);
};

export const error = (http: number, code: string, title: string, detail: string, more: object = {}): Reply => ({
  http,
  body: checked(errors[http], { type: `https://developer.nexmo.com/api-errors/messages-olympus#${code}`, title, detail, instance: randomUUID(), ...more }),
});

/** A message's status, as the webhook has it. */
export const status = (said: { status: string; error?: object }): string =>
  checked(faultOfStatus, {
    message_uuid: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
    to: '15005550006',
    from: 'Shop',
    timestamp: '2026-01-02T03:04:05.678Z',
    channel: 'sms',
    client_ref: 'd1',
    ...said,
  });

const known = new Set(['channel', 'message_type', 'to', 'from', 'text', 'client_ref']);

export const fakeVonage = (): Vendor => ({
  take: ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/v1/messages') throw new Error(`unknown: ${method} ${path}`);
    if (headers.authorization !== `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`) throw new Error('not let in');
    const asked: object = JSON.parse(body);
    // The document asks for `message` too, which is left over from v0: no message of v1 has it.
    const fault = faultOfRequest({ message: {}, ...asked });
    const unknown = Object.keys(asked).filter((name) => !known.has(name));
    if (fault || unknown.length > 0) throw new Error(fault ?? `unknown: ${unknown.join(', ')}`);
    return { http: 202, body: checked(faultOfAnswer, { message_uuid: randomUUID() }) };
  },
  refuses: error(422, '1170', 'Invalid recipient', 'The `to` parameter 15005550006 is invalid for the given channel.'),
  busy: error(429, '1000', 'Rate Limit Hit', 'Please wait, then retry your request'),
  locks_us_out: error(401, 'unauthorized', 'You did not provide correct credentials.', 'Check that you’re using the correct credentials.'),
});
