import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from '../../../../test/support/listening.ts';
import type { Message, MessageChannel, SmsMessage } from '../../channel.ts';
import type { Opened, Situation } from '../../contract.ts';

export type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: string };
export type Reply = { http: number; body: string; type?: string; headers?: Readonly<Record<string, string>> };

/** How a vendor answers. `take` throws on what the vendor's own documents don't allow. */
export type Vendor = {
  take: (asked: Asked) => Reply;
  refuses: Reply;
  busy: Reply;
  locks_us_out: Reply;
};

/** `requests`: all that came, whatever became of them. */
export type Fake = { baseUrl: string; taken: readonly Asked[]; requests: () => number; arrived: () => Promise<number>; close: () => Promise<void> };

const html: Reply = { http: 502, body: '<html><body>Bad gateway</body></html>', type: 'text/html' };
const write = (response: ServerResponse, { http, body, type = 'application/json', headers = {} }: Reply) =>
  response.writeHead(http, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });

const answer = (vendor: Vendor, situation: Situation | Reply, asked: Asked, taken: Asked[], response: ServerResponse): unknown => {
  if (typeof situation === 'object') return write(response, situation).end(situation.body);
  if (situation === 'cut_before') return response.destroy();
  if (situation === 'silent_before') return undefined;
  if (situation === 'garbled_before') return write(response, html).end(html.body);
  if (situation === 'refuses' || situation === 'busy' || situation === 'locks_us_out') return write(response, vendor[situation]).end(vendor[situation].body);
  const reply = vendor.take(asked);
  taken.push(asked);
  if (situation === 'silent_after') return undefined;
  if (situation === 'garbled_after') return write(response, { ...html, http: reply.http }).end(html.body);
  const half = reply.body.slice(0, reply.body.length / 2);
  if (situation === 'cut_after') return write(response, reply).write(half, () => response.destroy());
  return write(response, reply).end(reply.body);
};

/** A vendor's server on this machine, in a situation, or with one answer to all. Closing it throws if it was asked what the vendor doesn't know. */
export const fakeVendor = async (vendor: Vendor, situation: Situation | Reply = 'works'): Promise<Fake> => {
  const taken: Asked[] = [];
  const faults: unknown[] = [];
  let requests = 0;
  const { port, close: stop } = await listening(
    createServer(async (request, response) => {
      requests += 1;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const asked = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      try {
        answer(vendor, situation, asked, taken, response);
      } catch (fault) {
        faults.push(fault);
        response.writeHead(400).end();
      }
    }),
  );
  if (situation === 'down') await stop();
  const close = async () => {
    await stop();
    if (faults.length > 0) throw faults[0];
  };
  return { baseUrl: `http://127.0.0.1:${port}`, taken, requests: () => requests, arrived: async () => taken.length, close };
};

/** The channel to a fake; both are closed together. */
export const opened = async <C extends Message['channel']>(fake: Fake, open: (baseUrl: string) => Promise<MessageChannel<C>>): Promise<Opened<C>> => {
  const channel = await open(fake.baseUrl);
  let sent = 0;
  // No library tries again by itself.
  const counted: MessageChannel<C> = {
    ...channel,
    send: async (of) => {
      sent += 1;
      const outcome = await channel.send(of);
      if (fake.requests() > sent) throw new Error(`${fake.requests()} requests of ${sent} messages`);
      return outcome;
    },
  };
  return {
    channel: counted,
    arrived: fake.arrived,
    close: async () => {
      await channel.close();
      await fake.close();
    },
  };
};

const situations = [
  'down',
  'refuses',
  'busy',
  'locks_us_out',
  'cut_before',
  'silent_before',
  'garbled_before',
  'cut_after',
  'silent_after',
  'garbled_after',
] as const satisfies readonly Situation[];

/** Each situation of a vendor over HTTP, for the contract of a channel. */
export const everySituation = <C extends Message['channel']>(
  vendor: () => Vendor,
  open: (baseUrl: string, timeoutMs: number) => Promise<MessageChannel<C>>,
) => ({
  works: async () => opened(await fakeVendor(vendor()), (baseUrl) => open(baseUrl, 10_000)),
  ...Object.fromEntries(
    situations.map((situation) => [
      situation,
      async () => opened(await fakeVendor(vendor(), situation), (baseUrl) => open(baseUrl, situation.startsWith('silent') ? 300 : 10_000)),
    ]),
  ),
});

export const message = (deliveryId: string): SmsMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'sms',
  to: '+15005550006',
  text: 'Your parcel is on its way 🚚',
});
