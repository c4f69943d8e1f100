import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createSocketServer, type Server } from 'node:net';
import { listening } from '../../../../test/support/listening.ts';
import { certificate, privateKey } from './certificate.ts';

export type Seen = { method: string; path: string; headers: IncomingHttpHeaders; body: string };
export type Answer = { status: number; headers?: Record<string, string>; body?: unknown };
/** What the other side does with a request that has arrived. */
export type Reaction = Answer | 'cut' | 'silent' | 'garbled';
/** What it does with a connection, before any request. */
export type Greeting = 'cut' | 'silent' | 'garbled';

export type FakeServer = { origin: string; port: number; seen: Seen[]; close: () => Promise<void> };

const listen = async (server: Server, seen: Seen[], scheme: string): Promise<FakeServer> => {
  const { port, close } = await listening(server);
  return { origin: `${scheme}://localhost:${port}`, port, seen, close };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const react = (reaction: Reaction, response: ServerResponse): void => {
  if (reaction === 'silent') return;
  if (reaction === 'cut') response.destroy();
  else if (reaction === 'garbled') response.socket?.end('This is no HTTP.\r\n\r\n');
  else {
    const { status, headers = {}, body = '' } = reaction;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers }).end(text);
  }
};

/** An HTTP server on this machine, with TLS or without; it remembers what it saw and reacts as told. */
export const fakeServer = (reaction: (seen: Seen) => Reaction, { tls = true } = {}): Promise<FakeServer> => {
  const seen: Seen[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: await bodyOf(request) };
    seen.push(one);
    react(reaction(one), response);
  };
  return listen(tls ? createTlsServer({ cert: certificate, key: privateKey }, listener) : createServer(listener), seen, tls ? 'https' : 'http');
};

/** A server whose TLS handshake comes to nothing: nobody can have sent it anything. */
export const brokenServer = (greeting: Greeting): Promise<FakeServer> =>
  listen(
    createSocketServer((socket) => {
      socket.once('data', () => {
        if (greeting === 'cut') socket.destroy();
        else if (greeting === 'garbled') socket.end('This is no TLS.\r\n');
      });
    }),
    [],
    'https',
  );
