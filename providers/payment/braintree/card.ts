import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Card, PaymentProvider } from '../provider.ts';
import { countryOf } from './country.ts';
import type { Gateway } from './gateway.ts';
import { meansOf } from './refusals.ts';

const Country = Type.Optional(Type.Union([Type.String(), Type.Null()]));
/** A card of the vault; of another payment method these are missing. */
const Vaulted = Type.Object({ uniqueNumberIdentifier: Type.String({ minLength: 1 }), countryOfIssuance: Country });
const OnceOnly = Type.Object({
  type: Type.Literal('CreditCard'),
  binData: Type.Optional(Type.Union([Type.Object({ countryOfIssuance: Country }), Type.Null(), Type.String()])),
});

/** What is in the vault has an identifier of its number; a nonce tells the issuer's country only. */
export const cardAt =
  ({ call }: Gateway): NonNullable<PaymentProvider['cardOf']> =>
  async (token) => {
    const means = meansOf(token);
    if (!means) return undefined;
    const called = await call((sdk) =>
      'paymentMethodToken' in means ? sdk.paymentMethod.find(means.paymentMethodToken) : sdk.paymentMethodNonce.find(means.paymentMethodNonce),
    );
    return 'result' in called ? cardIn(called.result) : undefined;
  };

const cardIn = (result: unknown): Card | undefined => {
  if (Value.Check(Vaulted, result)) return { fingerprint: result.uniqueNumberIdentifier, country: countryOf(result.countryOfIssuance ?? '') };
  if (!Value.Check(OnceOnly, result)) return undefined;
  const { binData } = result;
  return { fingerprint: null, country: typeof binData === 'object' && binData ? countryOf(binData.countryOfIssuance ?? '') : null };
};
