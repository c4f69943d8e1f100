import { describe, expect, it } from 'vitest';
import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import { noRoutingRules, type RoutingRules } from '../../../domain/payment/routing/rules.ts';
import { isProblem } from '../../../platform/http/problem.ts';
import type { Asked, PaymentProvider } from '../../../providers/payment/provider.ts';
import { chooseRoute, type Routing } from './choose-route.ts';

type Open = { state: 'closed' | 'open' | 'half_open'; retryInMs: number };
const closed: Open = { state: 'closed', retryInMs: 0 };

/** A provider that only says what it takes. */
const one = (name: string, refuses: (asked: Asked) => string | undefined = () => undefined, circuit: Open = closed): Routing['providers'][number] => ({
  provider: { name, refuses, abilities: { methods: ['card', 'wallet'], captures: 'one', authorizationMs: 1 } } as unknown as PaymentProvider,
  circuit: () => circuit,
});
const payment = { amount: 1_005, currency: 'KWD', customer: { id: 'c', country: 'KW' }, provider: null as string | null };
const about = {
  paymentId: '6b8d8a4e-0c4b-4a5e-9a3e-0d3f6b3f9d11',
  payment,
  method: 'card' as PaymentMethodType,
  token: 'tok',
  provider: null as string | null,
};

const choosing = (providers: Routing['providers'], rules: RoutingRules = noRoutingRules) =>
  chooseRoute({ rules: () => ({ version: 4, rules }), providers, successRate: ({ provider }) => (provider === 'b' ? 0.9 : null) });

const problemOf = async (decision: Promise<unknown>) =>
  decision.then(
    () => undefined,
    (error: unknown) => (isProblem(error) ? error.problem : error),
  );

describe('choosing who is asked', () => {
  it('keeps what it knew of each, for the history', async () => {
    const providers = [one('a', () => 'takes no KWD'), one('b', undefined, { state: 'half_open', retryInMs: 0 })];
    expect(await choosing(providers)(about)).toEqual({
      providers: ['b'],
      rule: null,
      ruleSetVersion: 4,
      failoverOn: [],
      inputs: {
        amount: 1_005,
        currency: 'KWD',
        method: 'card',
        country: 'KW',
        requested: null,
        draw: expect.any(Number),
        standings: [
          { provider: 'a', refuses: 'takes no KWD', circuit: 'closed', successRate: null },
          { provider: 'b', refuses: null, circuit: 'half_open', successRate: 0.9 },
        ],
      },
    });
  });

  it('asks who was asked for now, else when the payment was created, else by the rules', async () => {
    const choose = choosing([one('a'), one('b'), one('c')], { rules: [{ id: 'all', when: {}, providers: [{ name: 'b', weight: 1 }] }], default: null });
    expect((await choose(about)).providers).toEqual(['b']);
    expect((await choose({ ...about, payment: { ...payment, provider: 'c' } })).providers).toEqual(['c']);
    expect((await choose({ ...about, payment: { ...payment, provider: 'c' }, provider: 'a' })).providers).toEqual(['a']);
  });

  it('does not depend on a customer', async () =>
    expect((await choosing([one('a')])({ ...about, payment: { ...payment, customer: null } })).inputs.country).toBeNull());
});

describe('where nobody can be asked', () => {
  const refuseAll = () => 'no';

  it('something has to be changed where all refuse', async () =>
    expect(await problemOf(choosing([one('a', refuseAll), one('b', refuseAll)])(about))).toMatchObject({
      status: 422,
      code: 'no_provider_available',
      errors: [{ path: 'paymentMethod.token', message: 'no' }, { path: 'paymentMethod.token' }],
      members: {
        excluded: [
          { provider: 'a', reason: 'refuses' },
          { provider: 'b', reason: 'refuses' },
        ],
      },
    }));

  it('it is a matter of time where one only keeps failing', async () =>
    expect(await problemOf(choosing([one('a', refuseAll), one('b', undefined, { state: 'open', retryInMs: 900 })])(about))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      members: { excluded: [{ reason: 'refuses' }, { reason: 'circuit_open' }] },
    }));

  it.each<[string, (asked: Asked) => string | undefined, PaymentMethodType]>([
    ['paymentMethod.type', () => 'has no such method', 'local'],
    ['amount', ({ amount, currency }) => (currency === 'KWD' && amount % 10 !== 0 ? 'not exactly' : undefined), 'card'],
    ['currency', ({ currency }) => (currency === 'KWD' ? 'takes no KWD' : undefined), 'card'],
    ['paymentMethod.token', ({ token }) => (token === 'tok' ? "another provider's token" : undefined), 'card'],
  ])('%s is to blame where who was asked for would take another one', async (path, refuses, method) =>
    expect(await problemOf(choosing([one('a', refuses)])({ ...about, method, provider: 'a' }))).toMatchObject({
      status: 400,
      code: 'provider_unsuitable',
      errors: [{ path }],
    }),
  );

  it('who was asked for when the payment was created may be gone', async () =>
    expect(await problemOf(choosing([one('a')])({ ...about, payment: { ...payment, provider: 'gone' } }))).toMatchObject({
      code: 'provider_unsuitable',
      errors: [{ path: 'provider', message: 'gone is not set up' }],
    }));
});
