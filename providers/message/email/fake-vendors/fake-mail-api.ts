import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { listening } from '../../../../test/support/listening.ts';
import type { Situation } from '../../contract.ts';

export type Taken = { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer };
export type Reply = { status: number; headers?: Record<string, string>; body: string };

export type FakeMailApi = {
  baseUrl: string;
  /** What the vendor took to send. */
  arrived: () => number;
  requests: Taken[];
  /** What the adapter asked, or the fake answered, that the vendor's document doesn't know: none, or one of the two is wrong. */
  broken: string[];
  close: () => Promise<void>;
};

/** One vendor: what it answers where all is well, and where it isn't; and what is wrong with a request or an answer by its document. */
export type Vendor = {
  /** What it answers to a question, whatever it does with messages; undefined where it is none. */
  ask?: (taken: Taken) => Reply | undefined;
  accept: (taken: Taken) => Reply;
  refuse: Reply;
  busy: Reply;
  lockOut: Reply;
  faultOfRequest: (taken: Taken) => string | undefined | Promise<string | undefined>;
  faultOfReply?: (reply: Reply) => string | undefined;
};

/** A mail vendor's API over HTTP, in one situation. */
export const openFakeMailApi = async (vendor: Vendor, situation: Situation = 'works', reply?: Reply): Promise<FakeMailApi> => {
  if (situation === 'cut_before' || situation === 'silent_before') return neverSecure(situation);
  const requests: Taken[] = [];
  const broken: string[] = [];
  let arrived = 0;

  const answer = (taken: Taken): Reply => {
    if (reply) return reply;
    if (situation === 'refuses') return vendor.refuse;
    if (situation === 'busy') return vendor.busy;
    if (situation === 'locks_us_out') return vendor.lockOut;
    arrived++;
    return vendor.accept(taken);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const taken = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: await buffer(request) };
    const asked = vendor.ask?.(taken);
    if (asked) return respond(response, 'works', asked);
    requests.push(taken);
    const wrong = await vendor.faultOfRequest(taken);
    if (wrong) broken.push(`request: ${wrong}`);
    const answered = answer(taken);
    const amiss = vendor.faultOfReply?.(answered);
    if (amiss && !reply) broken.push(`answer: ${amiss}`);
    respond(response, situation, answered);
  };

  const server = createServer((request, response) => void handle(request, response).catch((error: unknown) => broken.push(String(error))));
  const { port, close } = await listening(server);
  if (situation === 'down') await close();
  return { baseUrl: `http://127.0.0.1:${port}`, arrived: () => arrived, requests, broken, close };
};

const respond = (response: ServerResponse, situation: Situation, { status, headers, body }: Reply): void => {
  if (situation === 'silent_after') return;
  if (situation === 'garbled_after') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the hotel’s WLAN</html>');
  if (situation !== 'cut_after') return void response.writeHead(status, headers).end(body);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) + 10 });
  response.write(`${body} `, () => response.destroy());
};

/** Takes the connection, and hangs up or falls silent where TLS would begin. */
const neverSecure = async (situation: 'cut_before' | 'silent_before'): Promise<FakeMailApi> => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    if (situation === 'cut_before') socket.once('data', () => socket.destroy());
    else socket.resume();
  });
  const { port, close } = await listening(server);
  return { baseUrl: `https://127.0.0.1:${port}`, arrived: () => 0, requests: [], broken: [], close };
};
