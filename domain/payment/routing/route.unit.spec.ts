import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declineKinds } from '../outcome.ts';
import type { ProviderStanding, RouteInputs } from '../routing.ts';
import { drawOf, type Routed, route } from './route.ts';
import { faultsOf, holds, noRoutingRules, type Route, type RoutingRules } from './rules.ts';

const standing = (provider: string, change: Partial<ProviderStanding> = {}): ProviderStanding => ({
  provider,
  refuses: null,
  circuit: 'closed',
  successRate: null,
  ...change,
});
const asked = (change: Partial<RouteInputs> = {}): RouteInputs => ({
  amount: 5_000,
  currency: 'GBP',
  method: 'card',
  country: 'GB',
  requested: null,
  draw: 0.5,
  standings: [standing('one'), standing('two'), standing('three')],
  ...change,
});
const by = (rules: Partial<RoutingRules>, inputs = asked()): Routed => route({ version: 3, rules: { ...noRoutingRules, ...rules } }, inputs);
const providersOf = (routed: Routed): readonly string[] => ('decision' in routed ? routed.decision.providers : []);
const to = (...names: [string, ...string[]]): Route => ({ providers: names.map((name) => ({ name, weight: 1 })) });

describe('without rules', () => {
  it('the first that is set up is asked, and the others take over', () =>
    expect(by({})).toEqual({
      decision: { providers: ['one', 'two', 'three'], rule: null, ruleSetVersion: 3, failoverOn: [], inputs: asked() },
    }));

  it('those that cannot take it are left out', () =>
    expect(providersOf(by({}, asked({ standings: [standing('one', { refuses: 'no' }), standing('two')] })))).toEqual(['two']));
});

describe('a rule', () => {
  it('decides where its condition is the first that holds', () => {
    const rules = [
      { id: 'yen', when: { currency: ['JPY'] }, ...to('one') },
      { id: 'large', when: { currency: ['GBP'], amount: { from: 5_000 } }, ...to('two') },
      { id: 'all', when: {}, ...to('three') },
    ];
    expect(by({ rules })).toMatchObject({ decision: { providers: ['two'], rule: 'large' } });
    expect(by({ rules }, asked({ amount: 4_999 }))).toMatchObject({ decision: { providers: ['three'], rule: 'all' } });
  });

  it('leaves the rest to the default', () =>
    expect(by({ rules: [{ id: 'yen', when: { currency: ['JPY'] }, ...to('one') }], default: to('two') })).toMatchObject({
      decision: { providers: ['two'], rule: null },
    }));

  it.each([
    [{}, true],
    [{ currency: ['EUR', 'GBP'] }, true],
    [{ currency: ['EUR'] }, false],
    [{ country: ['GB'] }, true],
    [{ country: ['FR'] }, false],
    [{ method: ['card' as const] }, true],
    [{ method: ['paypal' as const] }, false],
    [{ currency: ['GBP'], amount: { from: 5_000 } }, true],
    [{ currency: ['GBP'], amount: { to: 5_000 } }, false],
    [{ currency: ['GBP'], amount: { to: 5_001 } }, true],
    [{ currency: ['GBP'], country: ['FR'] }, false],
  ])('with %o holds: %s', (when, expected) => expect(holds(when, asked())).toBe(expected));

  it('about countries does not hold where none is known', () => expect(holds({ country: ['GB'] }, asked({ country: null }))).toBe(false));

  it('names who takes over, and after which declines', () =>
    expect(by({ default: { ...to('one'), failover: { to: ['three', 'one', 'two'], on: ['insufficient_funds'] } } })).toMatchObject({
      decision: { providers: ['one', 'three', 'two'], failoverOn: ['insufficient_funds'] },
    }));

  it('lets those take over at once whose predecessors all fail', () => {
    const standings = [standing('one', { circuit: 'open' }), standing('two')];
    expect(providersOf(by({ default: { ...to('one'), failover: { to: ['two'], on: [] } } }, asked({ standings })))).toEqual(['two']);
  });

  it('says of each that it names why it was not taken', () => {
    const standings = [standing('one', { refuses: 'takes no GBP' }), standing('two', { circuit: 'open' }), standing('idle')];
    expect(by({ default: to('one', 'two', 'gone') }, asked({ standings }))).toEqual({
      excluded: [
        { provider: 'one', reason: 'refuses', detail: 'takes no GBP' },
        { provider: 'two', reason: 'circuit_open', detail: expect.stringContaining('two') },
        { provider: 'gone', reason: 'not_set_up', detail: 'gone is not set up' },
      ],
    });
  });

  it('gives weight 0 only what nobody else can take', () => {
    const chosen: Route = {
      providers: [
        { name: 'one', weight: 0 },
        { name: 'two', weight: 5 },
      ],
    };
    expect(providersOf(by({ default: chosen }, asked({ draw: 0 })))).toEqual(['two']);
    expect(providersOf(by({ default: chosen }, asked({ draw: 0, standings: [standing('one'), standing('two', { circuit: 'open' })] })))).toEqual(['one']);
  });
});

describe('preferring who succeeds', () => {
  const among = (standings: ProviderStanding[], draw = 0, weights = [1, 1, 1]) =>
    providersOf(
      by(
        {
          default: {
            prefer: 'success_rate',
            providers: standings.map(({ provider: name }, n) => ({ name, weight: weights[n] ?? 1 })),
          },
        },
        asked({ standings, draw }),
      ),
    )[0];

  it('takes the best of equals', () => expect(among([standing('one', { successRate: 0.8 }), standing('two', { successRate: 0.9 })])).toBe('two'));
  it('takes the heavier, whatever it succeeds in', () =>
    expect(among([standing('one', { successRate: 0.8 }), standing('two', { successRate: 0.9 })], 0, [2, 1])).toBe('one'));
  it('draws among those that are the same to the percent, and those without figures', () => {
    const standings = [standing('one', { successRate: 0.901 }), standing('two', { successRate: 0.899 }), standing('three')];
    expect([0, 0.4, 0.9].map((draw) => among(standings, draw))).toEqual(['one', 'two', 'three']);
  });
  it('draws where there are no figures at all', () => expect([0, 0.6].map((draw) => among([standing('one'), standing('two')], draw))).toEqual(['one', 'two']));
  it('takes who is known to work before who is being tried again', () => {
    const trying = standing('one', { successRate: 0.99, circuit: 'half_open' });
    expect(among([trying, standing('two', { successRate: 0.5 })])).toBe('two');
    expect(among([trying])).toBe('one');
  });
});

describe('who is asked for by name', () => {
  it('is asked alone, whatever the rules say', () =>
    expect(by({ rules: [{ id: 'all', when: {}, ...to('one') }] }, asked({ requested: 'two' }))).toMatchObject({
      decision: { providers: ['two'], rule: null, failoverOn: [] },
    }));

  it('is unsuitable where it refuses, or is not set up', () => {
    const standings = [standing('one', { refuses: "another's token" })];
    expect(by({}, asked({ requested: 'one', standings }))).toEqual({ unsuitable: { provider: 'one', reason: 'refuses', detail: "another's token" } });
    expect(by({}, asked({ requested: 'two', standings }))).toMatchObject({ unsuitable: { provider: 'two', reason: 'not_set_up' } });
  });

  it('is not asked while it keeps failing', () =>
    expect(by({}, asked({ requested: 'one', standings: [standing('one', { circuit: 'open' })] }))).toMatchObject({ excluded: [{ reason: 'circuit_open' }] }));
});

describe('rules that cannot be meant', () => {
  const known = ['one', 'two', 'three'];

  it('are told by where they stand', () =>
    expect(
      faultsOf(
        {
          rules: [
            { id: 'same', when: { amount: { from: 1 } }, ...to('one', 'two', 'one') },
            { id: 'same', when: { currency: ['GBP'], amount: { from: 5, to: 5 } }, ...to('four') },
          ],
          default: { ...to('one'), failover: { to: ['two', 'two'], on: [] } },
        },
        known,
      ),
    ).toEqual([
      { path: 'rules.0.when.amount', message: expect.stringContaining('currency') },
      { path: 'rules.1.id', message: expect.stringContaining('before') },
      { path: 'rules.1.when.amount.to', message: expect.stringContaining('from') },
      { path: 'rules.0.providers.2.name', message: 'is named before' },
      { path: 'rules.1.providers.0.name', message: 'must be a provider that is set up: one, two, three' },
      { path: 'default.failover.to.1', message: 'is named before' },
    ]));

  it('are none where all is well', () => {
    expect(faultsOf({ rules: [{ id: 'a', when: { currency: ['GBP'], amount: { to: 5 } }, ...to('one') }], default: null }, known)).toEqual([]);
    expect(faultsOf({ rules: [], default: to('two') }, known)).toEqual([]);
  });
});

const names = ['one', 'two', 'three', 'four'] as const;
const anyName = fc.constantFrom(...names);
const anyRoute: fc.Arbitrary<Route> = fc.record(
  {
    providers: fc.uniqueArray(fc.record({ name: anyName, weight: fc.nat(100) }), { minLength: 1, selector: ({ name }) => name }),
    prefer: fc.constantFrom('weight' as const, 'success_rate' as const),
    failover: fc.record({
      to: fc.uniqueArray(anyName, { minLength: 1 }),
      on: fc.subarray(Object.keys(declineKinds) as (keyof typeof declineKinds)[]),
    }),
  },
  { requiredKeys: ['providers'] },
);
const anyRules: fc.Arbitrary<RoutingRules> = fc.record({
  rules: fc.array(anyRoute, { maxLength: 3 }).map((routes) => routes.map((one, n) => ({ id: String(n), when: n === 0 ? { currency: ['JPY'] } : {}, ...one }))),
  default: fc.option(anyRoute),
});
const anyInputs: fc.Arbitrary<RouteInputs> = fc.record({
  amount: fc.integer({ min: 1, max: 1_000_000 }),
  currency: fc.constantFrom('GBP', 'JPY'),
  method: fc.constant('card' as const),
  country: fc.constantFrom('GB', null),
  requested: fc.option(anyName, { freq: 5 }),
  draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  standings: fc.uniqueArray(
    fc.record({
      provider: anyName,
      refuses: fc.option(fc.constant('no'), { freq: 2 }),
      circuit: fc.constantFrom('closed' as const, 'half_open' as const, 'open' as const),
      successRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { selector: ({ provider }) => provider },
  ),
});

describe('whatever the rules and whoever is there', () => {
  it('nobody is asked who refuses, keeps failing or is not set up; nobody twice; and it is always the same', () => {
    fc.assert(
      fc.property(anyRules, anyInputs, (rules, inputs) => {
        const routed = by(rules, inputs);
        expect(by(structuredClone(rules), structuredClone(inputs))).toEqual(routed);
        const providers = providersOf(routed);
        expect(new Set(providers).size).toBe(providers.length);
        for (const name of providers) {
          const found = inputs.standings.find(({ provider }) => provider === name);
          expect(found?.refuses).toBeNull();
          expect(found?.circuit).not.toBe('open');
        }
        if (inputs.requested !== null) expect(providers.filter((name) => name !== inputs.requested)).toEqual([]);
      }),
    );
  });

  it('nobody is left only where each that could be asked is excluded for a reason', () => {
    fc.assert(
      fc.property(anyRules, anyInputs, (rules, inputs) => {
        const routed = by(rules, { ...inputs, requested: null });
        if (!('excluded' in routed)) return;
        for (const { provider } of routed.excluded) {
          const found = inputs.standings.find((one) => one.provider === provider);
          expect(!found || found.refuses !== null || found.circuit === 'open').toBe(true);
        }
        if (!rules.default && !rules.rules.length) expect(routed.excluded).toHaveLength(inputs.standings.length);
      }),
    );
  });
});

describe('the draw', () => {
  it('is the same for the same payment, from 0 up to 1', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(drawOf(id)).toBe(drawOf(id));
        expect(drawOf(id)).toBeGreaterThanOrEqual(0);
        expect(drawOf(id)).toBeLessThan(1);
      }),
    );
  });

  it('gives each provider its share', () => {
    const chosen: Route = {
      providers: [
        { name: 'one', weight: 70 },
        { name: 'two', weight: 25 },
        { name: 'three', weight: 5 },
      ],
    };
    const count = 20_000;
    const shares: Record<string, number> = { one: 0, two: 0, three: 0 };
    for (let n = 0; n < count; n += 1) {
      const [name = ''] = providersOf(by({ default: chosen }, asked({ draw: drawOf(randomUUID()) })));
      shares[name] = (shares[name] ?? 0) + 1 / count;
    }
    // Six standard deviations and more.
    expect(Math.abs((shares.one ?? 0) - 0.7)).toBeLessThan(0.02);
    expect(Math.abs((shares.two ?? 0) - 0.25)).toBeLessThan(0.02);
    expect(Math.abs((shares.three ?? 0) - 0.05)).toBeLessThan(0.01);
  });
});
