import { randomBytes } from 'node:crypto';
import { Ajv } from 'ajv';
import type { Reply, Vendor } from './fake-vendor.ts';

// MessageBird publishes no OpenAPI document: this is what its reference says of POST /messages.
const faultsOf = new Ajv().compile<{ originator: string; recipients: readonly string[]; body: string; reference?: string }>({
  type: 'object',
  required: ['originator', 'recipients', 'body'],
  additionalProperties: false,
  properties: {
    originator: { type: 'string', pattern: '^(\\+?\\d{1,17}|[A-Za-z0-9 ]{1,11})$' },
    recipients: { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string', pattern: '^[1-9]\\d{6,14}$' } },
    body: { type: 'string', minLength: 1, maxLength: 1377 },
    type: { enum: ['sms', 'binary', 'flash'] },
    reference: { type: 'string' },
    reportUrl: { type: 'string' },
    validity: { type: 'integer' },
    datacoding: { enum: ['plain', 'unicode', 'auto'] },
    scheduledDatetime: { type: 'string' },
  },
});

export const accessKey = 'live_fake';

export const error = (http: number, code: number, description: string, parameter: string | null = null): Reply => ({
  http,
  body: JSON.stringify({ errors: [{ code, description, parameter }] }),
});

export const fakeMessageBird = (): Vendor => ({
  take: ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/messages' || headers.authorization !== `AccessKey ${accessKey}`) throw new Error(`unknown: ${method} ${path}`);
    const asked: unknown = JSON.parse(body);
    if (!faultsOf(asked)) throw new Error(JSON.stringify(faultsOf.errors));
    const id = randomBytes(16).toString('hex');
    const items = asked.recipients.map((recipient) => ({ recipient: Number(recipient), status: 'sent', statusDatetime: '2026-01-02T03:04:05+00:00' }));
    const answer = {
      id,
      href: `https://rest.messagebird.com/messages/${id}`,
      direction: 'mt',
      type: 'sms',
      originator: asked.originator,
      body: asked.body,
      reference: asked.reference ?? null,
      validity: null,
      gateway: 10,
      typeDetails: {},
      datacoding: 'unicode',
      mclass: 1,
      scheduledDatetime: null,
      createdDatetime: '2026-01-02T03:04:05+00:00',
      recipients: { totalCount: items.length, totalSentCount: items.length, totalDeliveredCount: 0, totalDeliveryFailedCount: 0, items },
    };
    return { http: 201, body: JSON.stringify(answer) };
  },
  refuses: error(422, 9, 'no (correct) recipients found: 15005550006', 'recipients'),
  busy: error(429, 11, 'Too many requests'),
  locks_us_out: error(401, 2, 'Request not allowed (incorrect access_key)', 'access_key'),
});
