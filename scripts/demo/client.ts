import { Agent, request } from 'node:http';

export type Answer = { status: number; body: Record<string, unknown>; replayed: boolean };
export type Client = {
  get: (path: string) => Promise<Answer>;
  post: (path: string, body: object, idempotencyKey: string) => Promise<Answer>;
  close: () => void;
};

/** Speaks to one service over kept-alive connections; its reads wait until they show its own writes. An answer that isn't JSON or doesn't come within a minute is an error; any status is an answer. */
export const client = ({ baseUrl, apiKey, connections }: { baseUrl: string; apiKey: string; connections: number }): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let written = -1n;
  const call = (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, baseUrl),
        { method, agent, timeout: 60_000, headers: { authorization: `Bearer ${apiKey}`, ...headers } },
        (incoming) => {
          const position = BigInt(String(incoming.headers['x-position'] ?? -1));
          if (position > written) written = position;
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            try {
              resolve({
                status: incoming.statusCode ?? 0,
                body: JSON.parse(Buffer.concat(chunks).toString()),
                replayed: incoming.headers['idempotency-replayed'] === 'true',
              });
            } catch (cause) {
              reject(new Error(`${method} ${path} answered ${incoming.statusCode} without JSON`, { cause }));
            }
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within a minute`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    get: (path) => call('GET', path, written < 0n ? {} : { 'x-after-position': written.toString() }),
    post: (path, body, idempotencyKey) => call('POST', path, { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }, JSON.stringify(body)),
    close: () => agent.destroy(),
  };
};

/** Every row of a list, page by page. */
export async function* everyRow(api: Client, path: string): AsyncGenerator<Record<string, unknown>> {
  let cursor: string | undefined;
  do {
    const { status, body } = await api.get(`${path}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    if (status !== 200) throw new Error(`GET ${path} answered ${status} ${String(body.code ?? '')}`);
    yield* body.data as Record<string, unknown>[];
    cursor = typeof body.nextCursor === 'string' ? body.nextCursor : undefined;
  } while (cursor);
}
