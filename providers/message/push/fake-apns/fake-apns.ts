import { generateKeyPairSync } from 'node:crypto';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:tls';
import { importSPKI, jwtVerify } from 'jose';
import { listening } from '../../../../test/support/listening.ts';
import { certificate, privateKey } from '../../webhook/fake-server/certificate.ts';

const keys = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
export const credentials = { privateKey: keys.privateKey, keyId: 'KEY1234567', teamId: 'TEAM123456', topic: 'example.shop' };

export type ApnsReaction =
  | { status: number; reason?: string; timestamp?: number; headers?: Record<string, string> }
  | 'cut'
  | 'silent'
  | 'refuse_stream'
  | 'go_away';
export type Pushed = { path: string; headers: Record<string, unknown>; body: string };
export type FakeApns = { origin: string; pushed: Pushed[]; connections: () => number; hangUp: () => void; close: () => Promise<void> };

const mayEnter = async (authorization: unknown, at: Date): Promise<boolean> => {
  const key = await importSPKI(keys.publicKey, 'ES256');
  const [scheme, token = ''] = String(authorization).split(' ');
  const options = { issuer: credentials.teamId, currentDate: at, maxTokenAge: 3_600, algorithms: ['ES256'] };
  const verified = await jwtVerify(token, key, options).catch(() => undefined);
  return scheme === 'bearer' && verified?.protectedHeader.kid === credentials.keyId;
};

const reply = (stream: ServerHttp2Stream, apnsId: unknown, reaction: Extract<ApnsReaction, object>): void => {
  const { status, reason, timestamp, headers = {} } = reaction;
  stream.respond({ ':status': status, 'apns-id': String(apnsId), ...headers });
  stream.end(reason === undefined ? '' : JSON.stringify({ reason, ...(timestamp === undefined ? {} : { timestamp }) }));
};

/** An HTTP/2 server with TLS in Apple's manner. `react`: what it does instead of taking a message. */
export const fakeApns = async (react: () => ApnsReaction | undefined = () => undefined, now: () => number = Date.now): Promise<FakeApns> => {
  const pushed: Pushed[] = [];
  let connections = 0;
  const server = createSecureServer({ cert: certificate, key: privateKey });
  server.on('session', (session) => {
    connections += 1;
    session.on('error', () => {});
  });
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    pushed.push({ path: String(headers[':path']), headers, body: Buffer.concat(chunks).toString() });
    const allowed = (await mayEnter(headers.authorization, new Date(now()))) && headers['apns-topic'] === credentials.topic;
    const reaction = react() ?? (allowed ? { status: 200 } : { status: 403, reason: 'InvalidProviderToken' });
    if (reaction === 'cut') stream.session?.destroy();
    else if (reaction === 'refuse_stream') stream.close(7);
    else if (reaction === 'go_away') {
      stream.session?.goaway();
      reply(stream, headers['apns-id'], { status: 200 });
    } else if (reaction !== 'silent') reply(stream, headers['apns-id'], reaction);
  });
  const { port, hangUp, close } = await listening(server);
  return { origin: `https://localhost:${port}`, pushed, connections: () => connections, hangUp, close };
};

const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
// The client's preface and settings are shorter, a request with its token is longer.
const requestBytes = 250;

/** A server that begins as HTTP/2 does, and answers a request with what is no frame of it. */
export const garblingApns = async (): Promise<FakeApns> => {
  const server = createServer({ cert: certificate, key: privateKey, ALPNProtocols: ['h2'] }, (socket) => {
    let received = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received > requestBytes) socket.write('This is no HTTP/2, and no frame of anything else.');
    });
    socket.write(emptySettings);
  });
  const { port, connections, hangUp, close } = await listening(server);
  return { origin: `https://localhost:${port}`, pushed: [], connections, hangUp, close };
};
