import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export type Answer = { http: number; headers: IncomingHttpHeaders; text: string };

/** How one HTTP exchange ended. `not_sent`: no connection was made. `unknown`: it was cut off, or took too long, after it may have arrived. */
export type Exchange = ({ status: 'answered' } & Answer) | { status: 'not_sent'; reason: string } | { status: 'unknown'; reason: string };

export type Posted = { url: string; headers: Readonly<Record<string, string>>; body: string | Uint8Array };

export type ExchangeSettings = {
  /** Of the look-up of the name, the connection and its TLS. */
  connectTimeoutMs: number;
  /** Of all of one call, in milliseconds. */
  timeoutMs: number;
};

export type Exchanging = { post: (posted: Posted) => Promise<Exchange>; close: () => void };

// Shorter than servers leave idle connections open: one that they close as we write would leave us unsure.
const idleMs = 4_000;

/**
 * The one way out for all vendors' libraries: exactly one request a call, no redirect followed, and sure of whether there ever was a
 * connection, which their own clients do not tell. Never throws.
 */
export const openExchanging = ({ connectTimeoutMs, timeoutMs }: ExchangeSettings): Exchanging => {
  const agents = { 'http:': new HttpAgent({ keepAlive: true, timeout: idleMs }), 'https:': new HttpsAgent({ keepAlive: true, timeout: idleMs }) };

  const post = ({ url, headers, body }: Posted): Promise<Exchange> =>
    new Promise((resolve) => {
      const secure = url.startsWith('https:');
      let connected = false;
      const options = { method: 'POST', headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
      const answered = (response: IncomingMessage) => void read(response).then(end);
      const request = secure
        ? httpsRequest(url, { ...options, agent: agents['https:'] }, answered)
        : httpRequest(url, { ...options, agent: agents['http:'] }, answered);
      const end = (exchange: Exchange) => {
        for (const timer of timers) clearTimeout(timer);
        resolve(exchange);
        if (exchange.status !== 'answered') request.destroy();
      };
      const failed = (reason: string) => end(connected ? { status: 'unknown', reason } : { status: 'not_sent', reason: `no connection: ${reason}` });
      const timers = [
        setTimeout(() => !connected && failed(`none within ${connectTimeoutMs} ms`), connectTimeoutMs),
        setTimeout(() => failed(`no answer within ${timeoutMs} ms`), timeoutMs),
      ];
      request.on('error', (error) => failed(codeOf(error)));
      request.on('socket', (socket: Socket) => {
        if (!socket.connecting) connected = true;
        else
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            connected = true;
          });
      });
      request.end(body);
    });

  const close = () => {
    for (const agent of Object.values(agents)) agent.destroy();
  };
  return { post, close };
};

const longestAnswer = 1_000_000;

const read = async (response: IncomingMessage): Promise<Exchange> => {
  try {
    let seen = 0;
    response.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > longestAnswer) response.destroy();
    });
    return { status: 'answered', http: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  } catch (error) {
    return { status: 'unknown', reason: `the answer was cut off: ${codeOf(error)}` };
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given');

/** Goes through a vendor's library, which knows no such outcome, out to the adapter. */
type Carrying = Error & { exchange: Exchange };
export const carrying = (exchange: Exchange): Error => Object.assign(new Error('The exchange did not succeed'), { exchange });
const isCarrying = (error: unknown): error is Carrying => error instanceof Error && 'exchange' in error;
export const exchangeIn = (error: unknown): Exchange | undefined => (isCarrying(error) ? error.exchange : undefined);

export const succeeded = (exchange: Exchange): exchange is { status: 'answered' } & Answer =>
  exchange.status === 'answered' && exchange.http >= 200 && exchange.http < 300;
