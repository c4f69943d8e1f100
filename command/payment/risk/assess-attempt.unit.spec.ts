import { describe, expect, it, vi } from 'vitest';
import { setOf } from '../../../domain/payment/risk/examples.ts';
import type { RiskRule, RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { type AssessSettings, assessAttempt } from './assess-attempt.ts';
import type { AttemptToAssess } from './sources.ts';

const needsCard: RiskRule = { id: 'new', kind: 'new_card', amounts: { GBP: 1 }, score: 10 };
const counting: RiskRule = { id: 'fast', kind: 'velocity', subject: 'customer', window: '1m', measure: 'attempts', over: 2, score: 60 };

const attempt: AttemptToAssess = {
  attemptId: 'a1',
  payment: { amount: 10_000, currency: 'GBP', customer: { id: 'c1', email: 'Ada@Example.com', country: 'GB' }, provider: null },
  method: 'card',
  token: 'tok',
  provider: null,
  context: { ip: '203.0.113.7', deviceId: 'd1' },
};
const counts = (attempts: number) => ({ attempts, failed: 0, amount: 10_000, cards: 1 });

const given = (set: RiskRuleSet, change: Partial<AssessSettings> = {}) => {
  const note = vi.fn<AssessSettings['velocity']['note']>(async ({ keys }) => ({
    counts: keys.map(() => [3, 4, 5, 6, 7].map(counts)),
    cardKnown: false,
  }));
  const cardOf = vi.fn(async () => ({ fingerprint: 'f1', country: 'US' }));
  const isDisposable = vi.fn(async () => true);
  const assess = assessAttempt({
    rules: () => ({ version: 2, rules: set }),
    velocity: { note },
    keyOf: (subject, value) => `${subject}:${value}`,
    providers: [{ name: 'sandbox', cardOf }],
    isDisposable,
    ipCountry: () => 'FR',
    log: { warn: vi.fn() },
    now: () => 1_000,
    patience: { velocity: 20, card: 20, disposable: 20 },
    ...change,
  });
  return { assess, note, cardOf, isDisposable };
};

describe('what is gathered of an attempt', () => {
  it('is all that there is to know, in one call to the counters', async () => {
    const { assess, note } = given(setOf(needsCard, counting, { id: 'd', kind: 'disposable_email', score: 5 }));
    const { inputs, ...assessment } = await assess(attempt);
    expect(assessment).toMatchObject({ decision: 'review', score: 75, ruleSetVersion: 2, rules: [{ id: 'new' }, { id: 'fast' }, { id: 'd' }] });
    expect(inputs).toMatchObject({
      customerId: 'c1',
      emailDomain: 'example.com',
      disposableEmail: true,
      country: 'GB',
      ipCountry: 'FR',
      cardCountry: 'US',
      ip: '203.0.113.7',
      deviceId: 'd1',
      cardFingerprint: 'f1',
      cardFirstSeen: true,
      velocity: { customer: { '1m': counts(3), '7d': counts(7) }, card: { '10m': counts(4) }, ip: { '1h': counts(5) }, device: { '24h': counts(6) } },
      missing: [],
    });
    expect(note.mock.calls).toEqual([
      [
        {
          id: 'a1',
          at: 1_000,
          amount: 10_000,
          currency: 'GBP',
          card: 'card:f1',
          keys: ['customer:c1', 'card:f1', expect.stringMatching(/^ip:v4:/), 'device:d1'],
        },
      ],
    ]);
  });

  it('is nothing that no rule needs', async () => {
    const { assess, cardOf, isDisposable } = given(setOf());
    const { inputs } = await assess(attempt);
    expect(cardOf).not.toHaveBeenCalled();
    expect(isDisposable).not.toHaveBeenCalled();
    expect(inputs).toMatchObject({ disposableEmail: false, cardCountry: null, cardFirstSeen: null, missing: ['card', 'disposable_email'] });
    expect(inputs).not.toHaveProperty('cardFingerprint');
  });

  it('is little of a guest whose address is local', async () => {
    const { assess, note } = given(setOf(counting), { ipCountry: undefined });
    const { inputs } = await assess({ ...attempt, payment: { ...attempt.payment, customer: null }, context: { ip: '127.0.0.1' } });
    expect(note.mock.calls[0]?.[0].keys).toEqual([]);
    expect(inputs).toMatchObject({ customerId: null, emailDomain: null, country: null, ipCountry: null, velocity: {}, missing: ['card', 'ip_country'] });
  });

  it('is no card of what is paid without one, or of a provider that cannot tell', async () => {
    const { assess, cardOf } = given(setOf(needsCard));
    expect((await assess({ ...attempt, method: 'paypal' })).inputs.missing).not.toContain('card');
    expect((await assess({ ...attempt, provider: 'other' })).inputs.missing).toContain('card');
    expect(cardOf).not.toHaveBeenCalled();
  });

  it('names the lists that it stands on', async () => {
    const rules: RiskRuleSet = {
      ...setOf({ id: 'b', kind: 'listed', lists: ['bad'], score: 0, decision: 'block' }),
      lists: [
        { name: 'bad', kind: 'ip', values: ['203.0.113.0/24'] },
        { name: 'other', kind: 'customer', values: ['c2'] },
      ],
    };
    const { assess } = given(rules);
    expect(await assess(attempt)).toMatchObject({ decision: 'block', inputs: { lists: ['bad'] } });
    expect((await assess({ ...attempt, context: {} })).decision).toBe('allow');
  });
});

describe('a source that does not answer', () => {
  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['is late', () => new Promise<never>(() => {})],
  ])('that %s is missing, and the payment goes on', async (_, note) => {
    const warn = vi.fn();
    const { assess } = given(setOf(counting, needsCard), { velocity: { note }, log: { warn } });
    const assessment = await assess(attempt);
    expect(assessment).toMatchObject({
      decision: 'allow',
      rules: [{ id: 'velocity_unavailable' }],
      inputs: { velocity: {}, cardFirstSeen: null, missing: ['velocity', 'disposable_email'] },
    });
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ source: 'velocity' }), expect.any(String));
    expect(JSON.stringify(warn.mock.calls)).not.toContain('203.0.113.7');
  });

  it('is missing too where it is the list of domains', async () => {
    const { assess } = given(setOf({ id: 'd', kind: 'disposable_email', score: 60 }), { isDisposable: () => Promise.reject(new Error('gone')) });
    expect(await assess(attempt)).toMatchObject({ decision: 'allow', inputs: { disposableEmail: false, missing: ['card', 'disposable_email'] } });
  });

  it('is missing too where it is the provider', async () => {
    const { assess } = given(setOf(needsCard), { providers: [{ name: 'sandbox', cardOf: () => Promise.reject(new Error('away')) }] });
    expect(await assess(attempt)).toMatchObject({ decision: 'allow', inputs: { cardCountry: null, missing: ['card', 'disposable_email'] } });
  });
});
