import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate of a test's own making, in PEM, and the key that it is for. */
export type Certified = { pem: string; key: KeyObject; name: string };
type Asked = { name: string; issuer?: Certified; authority?: boolean; from?: Date; until?: Date };

/** Made by `issuer`, else by itself. Only what a chain's check looks at is in it: RFC 5280, RSA with SHA-256. */
export const certificate = ({ name, issuer, authority = false, from = new Date('2020-01-01'), until = new Date('2049-01-01') }: Asked): Certified => {
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serial = createHash('sha256').update(name).digest().subarray(0, 8);
  serial[0] = 1;
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    rsaWithSha256,
    distinguished(issuer?.name ?? name),
    sequence(time(from), time(until)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints(authority))),
  );
  const signature = sign('RSA-SHA256', content, issuer?.key ?? key);
  const der = sequence(content, rsaWithSha256, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`, key, name };
};

const tagged = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...contents: readonly Buffer[]): Buffer => tagged(0x30, ...contents);
const objectId = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));

const rsaWithSha256 = sequence(objectId('2a864886f70d01010b'), tagged(0x05));
const distinguished = (name: string): Buffer => sequence(tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from(name)))));
/** UTCTime, which ends in 2049. */
const time = (at: Date): Buffer =>
  tagged(
    0x17,
    Buffer.from(
      `${at
        .toISOString()
        .replaceAll(/[-:T]|\..*/g, '')
        .slice(2)}Z`,
    ),
  );
const basicConstraints = (authority: boolean): Buffer =>
  sequence(objectId('551d13'), tagged(0x01, Buffer.from([255])), tagged(0x04, sequence(...(authority ? [tagged(0x01, Buffer.from([255]))] : []))));
