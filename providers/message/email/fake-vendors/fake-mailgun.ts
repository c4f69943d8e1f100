import { randomBytes } from 'node:crypto';
import type { Reply, Taken, Vendor } from './fake-mail-api.ts';

export const mailgunProblem = (status: number, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

/** What a form of the adapter held. */
export const formOf = ({ headers, body }: Taken): Promise<FormData> =>
  new Response(new Uint8Array(body), { headers: { 'content-type': String(headers['content-type']) } }).formData();

/** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages: the fields that we use, and the rule for those with a prefix. */
const known = /^(from|to|subject|text|html|attachment|h:[A-Za-z-]+|v:[\w-]+)$/;

const faultOfRequest = async (taken: Taken): Promise<string | undefined> => {
  const { method, path, headers } = taken;
  if (method !== 'POST' || path !== '/v3/mg.example.org/messages') return `no such route: ${method} ${path}`;
  if (headers.authorization !== `Basic ${Buffer.from('api:key-test').toString('base64')}`) return 'the key is not ours';
  const form = await formOf(taken);
  const unknown = [...form.keys()].filter((name) => !known.test(name));
  if (unknown.length > 0) return `unknown: ${unknown.join(', ')}`;
  const missing = ['from', 'to', 'subject'].filter((name) => !form.get(name));
  return missing.length > 0 || !(form.get('text') || form.get('html')) ? `missing: ${missing.join(', ')}` : undefined;
};

/** Mailgun's messages endpoint. */
export const mailgunVendor: Vendor = {
  accept: () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: `<20260301120000.${randomBytes(8).toString('hex')}@mg.example.org>`, message: 'Queued. Thank you.' }),
  }),
  refuse: mailgunProblem(400, "'to' parameter is not a valid address. please check documentation: ada@example.com"),
  busy: { status: 429, headers: { 'content-type': 'application/json', 'retry-after': '7' }, body: JSON.stringify({ message: 'Too many requests' }) },
  lockOut: { status: 401, headers: { 'content-type': 'text/html' }, body: 'Forbidden' },
  faultOfRequest,
};
