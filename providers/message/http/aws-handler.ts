import { Readable } from 'node:stream';
import type { Answered, Exchanger } from './exchange.ts';
import { carrying } from './library.ts';

type Request = { protocol: string; hostname: string; port?: number; path: string; headers: Record<string, string>; body: string };

export type AwsExchange = {
  exchanger: Exchanger;
  connectTimeoutMs: number;
  timeoutMs: number;
  /** Throws where the library is not to read the answer. */
  judge?: (answer: Answered) => void;
};

/** How Amazon's libraries speak HTTP: they sign and name the fields; the exchange is ours, which knows whether there was a connection. */
export const awsHandler = ({ exchanger, connectTimeoutMs, timeoutMs, judge = () => {} }: AwsExchange) => ({
  handle: async ({ protocol, hostname, port, path, headers, body }: Request) => {
    const { host: _, 'content-length': __, ...others } = headers;
    const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
    const exchange = await exchanger.post({ url, headers: others, body, connectTimeoutMs, timeoutMs });
    if (exchange.status !== 'answered') throw carrying(exchange);
    judge(exchange);
    const flat = Object.fromEntries(Object.entries(exchange.headers).map(([name, value]) => [name, String(value)]));
    return { response: { statusCode: exchange.http, headers: flat, body: Readable.from([Buffer.from(exchange.text)]) } };
  },
  updateHttpClientConfig: () => {},
  httpHandlerConfigs: () => ({}),
});
