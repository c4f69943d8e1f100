import { describe, expect, it } from 'vitest';
import { meansOf, refusalsWith } from './refusals.ts';

describe('a token', () => {
  it.each(['fake-valid-nonce', 'ee257d98-de40-47e8-96b3-a6954ea7a9a4', 'tokencc_bf_9k3h2d_x7w8', 'tokenus_bank_acct_h4m2_k9'])(
    'that looks like a nonce is one: %s',
    (token) => {
      expect(meansOf(token)).toEqual({ paymentMethodNonce: token });
    },
  );

  it('is of the vault where it says so', () => {
    expect(meansOf('vault:abc123z')).toEqual({ paymentMethodToken: 'abc123z' });
  });

  it.each(['', 'vault:', 'vault:../x', 'tok_visa', 'pm_card_visa', 'pi_3N', 'EC-123', 'abc123z', 'FAKE-valid-nonce'])(
    'of nobody, or of another provider, is refused: "%s"',
    (token) => {
      expect(meansOf(token)).toBeUndefined();
    },
  );
});

describe('Braintree refuses', () => {
  const refuses = refusalsWith(
    new Map([
      ['GBP', 'acme_gbp'],
      ['MGA', 'acme_mga'],
    ]),
  );
  const asked = { amount: 10_000, currency: 'GBP', method: 'card' as const, token: 'fake-valid-nonce' };

  it('nothing that it can take', () => expect(refuses(asked)).toBeUndefined());
  it('a currency without a merchant account', () => expect(refuses({ ...asked, currency: 'EUR' })).toContain('EUR'));
  it('a sum that the currency has no coins for', () => expect(refuses({ ...asked, currency: 'MGA', amount: 10_001 })).toEqual(expect.any(String)));
});
