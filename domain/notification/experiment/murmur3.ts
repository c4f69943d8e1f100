// MurmurHash3 for x86, 32 bits, by Austin Appleby (public domain): https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
const encoder = new TextEncoder();

/** An unsigned integer of 32 bits of the text's UTF-8 bytes. Spreads texts that hardly differ evenly; no secret can rest on it. */
export const murmur3 = (text: string, seed: number): number => {
  const encoded = encoder.encode(text);
  const bytes = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
  const whole = encoded.length - (encoded.length % 4);
  let hash = seed;
  for (let at = 0; at < whole; at += 4) hash = (Math.imul(rotate(hash ^ scramble(bytes.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0;
  hash ^= scramble(encoded.subarray(whole).reduceRight((rest, byte) => (rest << 8) | byte, 0));
  return finish(hash ^ encoded.length);
};

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const scramble = (value: number): number => Math.imul(rotate(Math.imul(value, 0xcc9e2d51), 15), 0x1b873593);

const finish = (hash: number): number => {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
};
