import { randomBytes } from 'node:crypto';
import type { Asked, Reply, Vendor } from './fake-vendor.ts';
import { specification } from './specification.ts';

export const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
export const authToken = 'fake-auth-token';

const twilio = specification('twilio.com/api.json');
const create = ['paths', '/2010-04-01/Accounts/{AccountSid}/Messages.json', 'post'];
const faultOfRequest = twilio([...create, 'requestBody', 'content', 'application/x-www-form-urlencoded', 'schema'], { closed: true, coerce: true });
const faultOfAnswer = twilio([...create, 'responses', '201', 'content', 'application/json', 'schema']);

/** Twilio's shape of an error: www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
export const error = (http: number, code: number, words: string): Reply => ({
  http,
  body: JSON.stringify({ code, message: words, more_info: `https://www.twilio.com/docs/errors/${code}`, status: http }),
});

const allowed = ({ method, path, headers, body }: Asked): Record<string, string> => {
  if (method !== 'POST' || path !== `/2010-04-01/Accounts/${accountSid}/Messages.json`) throw new Error(`unknown: ${method} ${path}`);
  if (headers.authorization !== `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`) throw new Error('not let in');
  const form = Object.fromEntries(new URLSearchParams(body));
  const fault = faultOfRequest({ ...form });
  if (fault) throw new Error(fault);
  if (!form.Body || (!form.From && !form.MessagingServiceSid)) throw new Error('without text or sender');
  return form;
};

export const fakeTwilio = (): Vendor => ({
  take: (asked) => {
    const { To, From, Body, MessagingServiceSid } = allowed(asked);
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const body = {
      account_sid: accountSid,
      api_version: '2010-04-01',
      body: Body,
      date_created: 'Thu, 24 Aug 2023 05:01:45 +0000',
      date_sent: null,
      date_updated: 'Thu, 24 Aug 2023 05:01:45 +0000',
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: From ?? null,
      messaging_service_sid: MessagingServiceSid ?? null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: null,
      sid,
      status: MessagingServiceSid ? 'accepted' : 'queued',
      subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
      to: To,
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
    };
    const fault = faultOfAnswer(body);
    if (fault) throw new Error(`the fake's own answer: ${fault}`);
    return { http: 201, body: JSON.stringify(body) };
  },
  refuses: error(400, 21211, "Invalid 'To' Phone Number: +15005550006"),
  busy: error(429, 20429, 'Too Many Requests'),
  locks_us_out: error(401, 20003, 'Authenticate'),
});
