import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes, randomFillSync } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const [ivBytes, tagBytes] = [12, 16];

/** AES-256-GCM with a random nonce; `context` is bound to the box, not in it. */
export const lock = (key: KeyObject, context: string, content: Buffer): Buffer => {
  const iv = freshIv();
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  const body = cipher.update(content);
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
};

/** Throws where the key or the context is another, or a byte has changed. */
export const unlock = (key: KeyObject, context: string, box: Buffer): Buffer => {
  const decipher = createDecipheriv(algorithm, key, box.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  decipher.setAuthTag(box.subarray(ivBytes, ivBytes + tagBytes));
  const content = decipher.update(box.subarray(ivBytes + tagBytes));
  decipher.final();
  return content;
};

/** A key as the cipher wants it: from raw bytes it would be made anew for each box, at three times the cost. */
export const keyOf = (bytes: Buffer): KeyObject => createSecretKey(bytes);
export const newKeyBytes = (): Buffer => randomBytes(32);

// Randomness is drawn for many boxes at once: a call of its own for each costs as much as the cipher.
const drawn = Buffer.alloc(ivBytes * 256);
let used = drawn.length;
const freshIv = (): Buffer => {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += ivBytes;
  return Buffer.from(drawn.subarray(used - ivBytes, used));
};
