import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, newSecret, secretOf } from './signature.ts';
import { targetOf } from './target.ts';

const strict = { allowHttp: false, allowOwnNetworks: false };

describe('the address of a receiver', () => {
  it.each(['https://shop.example/hooks?x=1', 'https://shop.example:8443/', 'https://shop.example:443/', 'https://8.8.8.8/'])('may be %s', (url) => {
    expect(targetOf(url, strict)).toBeInstanceOf(URL);
  });

  it.each([
    ['https://user:password@shop.example/', 'invalid_url'],
    ['https://user@shop.example/', 'invalid_url'],
    ['file:///etc/passwd', 'invalid_url'],
    ['shop.example', 'invalid_url'],
    ['http://shop.example/', 'insecure_url'],
    ['https://shop.example:22/', 'forbidden_port'],
    ['https://shop.example:25/', 'forbidden_port'],
    ['https://shop.example:0/', 'forbidden_port'],
    ['https://shop.example:6667/', 'forbidden_port'],
    ['https://127.0.0.1/', 'forbidden_address'],
    ['https://017700000001/', 'forbidden_address'],
    ['https://[::ffff:169.254.169.254]/', 'forbidden_address'],
    ['https://169.254.169.254/latest/meta-data', 'forbidden_address'],
  ])('%s is refused: %s', (url, fault) => {
    expect(targetOf(url, strict)).toBe(fault);
  });

  it('may be of our own house, and without TLS, where that is allowed; metadata never', () => {
    const lenient = { allowHttp: true, allowOwnNetworks: true };
    expect(targetOf('http://127.0.0.1:9000/', lenient)).toBeInstanceOf(URL);
    expect(targetOf('http://169.254.169.254/', lenient)).toBe('forbidden_address');
  });
});

describe('a secret', () => {
  it('is new each time, and a key by Standard Webhooks', () => {
    expect(newSecret()).not.toBe(newSecret());
    expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it('is read as the bytes that it was made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (bytes) => {
        expect(keyOf(secretOf(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
