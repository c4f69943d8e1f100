import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What Apple takes as a collapse id: 64 bytes at most, in a header. The same key always gives the same id. */
export const collapseIdOf = (key: string): string => (/^[\x21-\x7e]{1,64}$/.test(key) ? key : sha256(key));

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => uuid.test(text);

/** The UUID that stands for a delivery, the same at every try: its own id if that is one. */
export const uuidOf = (deliveryId: string): string => {
  if (isUuid(deliveryId)) return deliveryId.toLowerCase();
  const hex = sha256(deliveryId);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
