import { type Exchange, openExchanger } from '../http/exchange.ts';
import { guardedLookup } from './addresses.ts';
import { openResolve, type Resolve } from './resolve.ts';
import { keyOf, signedHeaders } from './signature.ts';
import type { Allowed } from './target.ts';

export type PostSettings = Allowed & {
  /** From dialling to the answer's first line, or to the end of as much of it as is read. */
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  resolve?: Resolve;
};

export const postDefaults = { timeoutMs: 15_000, allowHttp: false, allowOwnNetworks: false };

/** `secrets`: those in force, the newest first; each signs. `id`: the same at every try. */
export type Signed = { id: string; body: string; secrets: readonly string[] };

/**
 * POSTs signed by Standard Webhooks, each stamped with the time of its own try, over a connection of its own, to an address that was
 * checked. Redirects aren't followed; the status decides, and no more of an answer is read than `maxAnswerBytes`.
 */
export const signedPost = (settings: PostSettings & { maxAnswerBytes: number; now?: () => number }) => {
  const { timeoutMs, allowOwnNetworks, ca, resolve = openResolve(), maxAnswerBytes, now = Date.now } = settings;
  const lookup = guardedLookup(resolve, { own: allowOwnNetworks });
  const exchanger = openExchanger({ reuse: false });
  return {
    post: async (url: URL, { id, body, secrets }: Signed): Promise<Exchange | 'invalid_secret'> => {
      const keys = secrets.map(keyOf).filter((key) => key !== undefined);
      if (keys.length === 0 || keys.length < secrets.length) return 'invalid_secret';
      const headers = { 'Content-Type': 'application/json', ...signedHeaders(id, Math.floor(now() / 1_000), body, keys) };
      return exchanger.post({ url, headers, body, timeoutMs, ca, lookup, maxAnswerBytes, statusDecides: true });
    },
    close: exchanger.close,
  };
};
