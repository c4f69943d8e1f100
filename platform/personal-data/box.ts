import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const [ivBytes, tagBytes] = [12, 16];

/** AES-256-GCM with a random nonce; `context` is bound to the box, not in it. */
export const lock = (key: Buffer, context: string, content: Buffer): Buffer => {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(context));
  const body = cipher.update(content);
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
};

/** Throws where the key or the context is another, or a byte has changed. */
export const unlock = (key: Buffer, context: string, box: Buffer): Buffer => {
  const decipher = createDecipheriv(algorithm, key, box.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  decipher.setAuthTag(box.subarray(ivBytes, ivBytes + tagBytes));
  const content = decipher.update(box.subarray(ivBytes + tagBytes));
  decipher.final();
  return content;
};

export const newKey = (): Buffer => randomBytes(32);
