import { keyOf, lock, unlock } from './personal-data/box.ts';

/** What only we can read and make: for links that hold more than an id, and are forwarded and logged. */
export type SealedTokens = {
  seal: (content: unknown) => string;
  /** What it holds; undefined where it isn't one of ours, or was altered. */
  open: (token: string) => unknown;
};

/** `key` has 32 bytes, in hex. `version`, one letter, goes before the token and is bound to it, so that another kind can follow. */
export const sealedTokens = (key: string, version: string): SealedTokens => {
  const sealing = keyOf(Buffer.from(key, 'hex'));
  return {
    seal: (content) => `${version}${lock(sealing, version, Buffer.from(JSON.stringify(content))).toString('base64url')}`,
    open: (token) => {
      const box = Buffer.from(token.slice(1), 'base64url');
      // One token for one box: base64 has spare bits, in which another spelling could hide.
      if (!token.startsWith(version) || box.toString('base64url') !== token.slice(1)) return undefined;
      try {
        return JSON.parse(unlock(sealing, version, box).toString());
      } catch {
        return undefined;
      }
    },
  };
};
