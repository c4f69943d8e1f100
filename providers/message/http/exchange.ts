import { type IncomingHttpHeaders, type IncomingMessage, Agent as PlainAgent, request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';

export type Answered = { http: number; headers: IncomingHttpHeaders; text: string };

/** How one HTTP exchange ended. `not_sent`: not a byte of the request left. `unknown`: it was cut off, or took too long, after some may have. */
export type Exchange = ({ status: 'answered' } & Answered) | { status: 'not_sent'; reason: string } | { status: 'unknown'; reason: string };

export type ExchangeRequest = {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
  /** Of the look-up of the name, the connection and its TLS; no longer than all of it unless set. */
  connectTimeoutMs?: number;
  /** Of all of it, the answer's body included. */
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string | undefined;
  /** Resolves the host's name; the connection goes to nothing but what it says. */
  lookup?: LookupFunction;
  /** How much of an answer is read; at 0 its status and headers are all. */
  maxAnswerBytes?: number;
  /** An acceptance counts from its first line on, even where its words break off or take too long. */
  statusDecides?: boolean;
};

export type Exchanger = {
  post: (request: ExchangeRequest) => Promise<Exchange>;
  get: (request: Omit<ExchangeRequest, 'body'>) => Promise<Exchange>;
  close: () => void;
};

const longestAnswer = 64 * 1024;
// Shorter than the five seconds after which most servers end an idle connection: a request into one that ends is of unknown fate.
const idleMs = 4_000;

/**
 * Requests, each over the wire once: no retry, no redirect. `reuse` keeps connections for the next request. Unlike `fetch` it knows whether
 * anything was sent: nothing is before the connection stands, which with TLS is after the handshake. Reasons name no host and no path.
 */
export const openExchanger = ({ reuse }: { reuse: boolean }): Exchanger => {
  const options = reuse ? { keepAlive: true, timeout: idleMs } : {};
  const agents = { plain: new PlainAgent(options), tls: new TlsAgent(options) };
  return {
    post: (request) => exchange('POST', request, agents),
    get: (request) => exchange('GET', { ...request, body: '' }, agents),
    close: () => {
      agents.plain.destroy();
      agents.tls.destroy();
    },
  };
};

type Agents = { plain: PlainAgent; tls: TlsAgent };

const exchange = (method: 'GET' | 'POST', request: ExchangeRequest, agents: Agents): Promise<Exchange> =>
  new Promise((resolve) => {
    let sent = false;
    const failed = (reason: string) => resolve(sent ? { status: 'unknown', reason: `after sending: ${reason}` } : { status: 'not_sent', reason });
    try {
      const outgoing = dial(method, request, agents);
      const giveUp = () => outgoing.destroy(Object.assign(new Error('too late'), { code: 'TIMED_OUT' }));
      const timers = [setTimeout(() => !sent && giveUp(), request.connectTimeoutMs ?? request.timeoutMs), setTimeout(giveUp, request.timeoutMs)];
      outgoing.on('socket', (socket) => {
        const ready = () => {
          sent = true;
        };
        if (outgoing.reusedSocket || (!socket.connecting && !isTls(socket))) ready();
        else socket.once(isTls(socket) ? 'secureConnect' : 'connect', ready);
      });
      let answering = false;
      outgoing.on('response', (response) => {
        answering = true;
        answerOf(response, request, resolve, failed);
      });
      outgoing.on('error', (error) => {
        if (!answering) failed(codeOf(error));
      });
      outgoing.on('close', () => {
        for (const timer of timers) clearTimeout(timer);
        // What becomes of an answer that has begun, its own end tells.
        if (!answering) failed('no answer');
      });
      outgoing.end(request.body);
    } catch (error) {
      failed(codeOf(error));
    }
  });

const isTls = (socket: object): socket is TLSSocket => 'encrypted' in socket;

const dial = (method: 'GET' | 'POST', { url, headers, body, ca, lookup }: ExchangeRequest, agents: Agents) => {
  const options: RequestOptions = {
    method,
    headers: method === 'GET' ? headers : { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
    ...(lookup ? { lookup } : {}),
  };
  return url.protocol === 'https:'
    ? secureRequest(url, { ...options, agent: agents.tls, ...(ca === undefined ? {} : { ca }) })
    : plainRequest(url, { ...options, agent: agents.plain });
};

const answerOf = (response: IncomingMessage, request: ExchangeRequest, resolve: (exchange: Exchange) => void, failed: (reason: string) => void): void => {
  const { maxAnswerBytes: maxBytes = longestAnswer, statusDecides = false } = request;
  const http = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  const answered = () => resolve({ status: 'answered', http, headers: response.headers, text: Buffer.concat(chunks).toString('utf8').slice(0, maxBytes) });
  // What a refusal lacks of its words is no matter; an acceptance without them is none, where they matter.
  response.on('error', () => {});
  response.on('close', () => (http >= 300 || statusDecides ? answered() : failed('the answer broke off')));
  if (maxBytes === 0) {
    answered();
    response.destroy();
    return;
  }
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) {
      answered();
      response.destroy();
    }
  });
  response.on('end', answered);
};

/** The system's name of a fault. Messages may hold addresses and hosts, so they stay out. */
const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given';
};
