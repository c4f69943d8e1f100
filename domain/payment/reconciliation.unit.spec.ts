import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { mostFindings, type ReconciliationCommand, type ReconciliationEvent, reconciliation, reconciliationId } from './reconciliation.ts';
import { type Comparison, compare, type Finding, type OurMovement, type TheirMovement } from './reconciliation-comparison.ts';

const day = { from: '2026-03-10T00:00:00.000Z', to: '2026-03-11T00:00:00.000Z' };
const midday = '2026-03-10T12:00:00.000Z';
const our = (reference: string, change: Partial<OurMovement> = {}): OurMovement => ({
  kind: 'capture',
  reference,
  providerReference: `ch_${reference}`,
  paymentId: `p-${reference}`,
  amount: 1_000,
  currency: 'GBP',
  at: midday,
  ...change,
});
const their = (reference: string, change: Partial<TheirMovement> = {}): TheirMovement => {
  const { paymentId: _, ...movement } = our(reference);
  return { ...movement, providerReference: `ch_${reference}`, ...change };
};
const found = (ours: readonly OurMovement[], theirs: readonly TheirMovement[]) =>
  compare(ours, theirs, day).findings.map(({ kind, reference }) => [kind, reference]);

describe('our books beside the provider’s', () => {
  it('agree, whichever of the two names the provider has kept', () => {
    expect(found([our('a'), our('b'), our('c')], [their('a'), their('b', { reference: null }), their('c', { providerReference: 'txn_9' })])).toEqual([]);
  });

  it('show what only one side knows', () => {
    expect(found([our('a'), our('b')], [their('b'), their('c')])).toEqual([
      ['missing', 'a'],
      ['extra', 'c'],
    ]);
    expect(compare([], [their('c', { reference: null })], day).findings).toMatchObject([
      { key: 'extra capture ch_c', reference: null, providerReference: 'ch_c', paymentId: null, ours: null },
    ]);
    expect(compare([our('a', { providerReference: null })], [], day).findings).toMatchObject([{ kind: 'missing', providerReference: null, theirs: null }]);
  });

  it.each<[string, Partial<TheirMovement>]>([
    ['amount', { amount: 999 }],
    ['currency', { currency: 'USD' }],
    ['kind', { kind: 'refund' }],
    ['amount, of one that has lost our reference', { amount: 999, reference: null }],
  ])('show another %s', (_, change) => {
    expect(compare([our('a')], [their('a', change)], day).findings).toMatchObject([{ kind: 'different', reference: 'a', paymentId: 'p-a' }]);
  });

  it('show that something was moved twice, or three times', () => {
    expect(found([our('a')], [their('a'), their('a', { providerReference: 'ch_again' })])).toEqual([['extra', 'a']]);
    const keys = compare([our('a')], [their('a'), their('a'), their('a')], day).findings.map(({ key }) => key);
    expect(keys).toEqual(['extra capture a', 'extra capture a 2']);
  });

  it('tell captures in parts apart, which share the provider’s name', () => {
    const parts = [our('a', { amount: 1, providerReference: 'ch' }), our('b', { amount: 2, providerReference: 'ch' })];
    expect(
      found(parts, [their('x', { reference: null, providerReference: 'ch', amount: 2 }), their('y', { reference: null, providerReference: 'ch', amount: 1 })]),
    ).toEqual([]);
  });

  it('are one across midnight, on the day of our knowing', () => {
    const before = their('a', { at: '2026-03-09T23:59:59.999Z' });
    const after = their('b', { at: '2026-03-11T00:00:00.000Z' });
    const comparison = compare([our('a'), our('b')], [before, after], day);
    expect(comparison).toEqual({
      findings: [],
      totals: [{ currency: 'GBP', ours: { captured: 2_000, refunded: 0, count: 2 }, theirs: { captured: 2_000, refunded: 0, count: 2 } }],
    });
    expect(compare([our('a', { at: '2026-03-11T00:00:01Z' })], [their('a')], day)).toEqual({ findings: [], totals: [] });
  });

  it('are of their day only', () => {
    expect(found([our('a', { at: day.to })], [])).toEqual([]);
    expect(found([], [their('a', { at: '2026-03-09T23:59:59.999Z' })])).toEqual([]);
    expect(found([our('a', { at: day.from })], [])).toEqual([['missing', 'a']]);
  });

  it('are summed by currency', () => {
    const { totals } = compare([our('a'), our('b', { kind: 'refund', amount: 300 })], [their('a', { currency: 'EUR' })], day);
    expect(totals).toEqual([
      { currency: 'EUR', ours: { captured: 0, refunded: 0, count: 0 }, theirs: { captured: 1_000, refunded: 0, count: 1 } },
      { currency: 'GBP', ours: { captured: 1_000, refunded: 300, count: 2 }, theirs: { captured: 0, refunded: 0, count: 0 } },
    ]);
  });
});

type Fate = 'same' | 'dropped' | 'unknown to us' | 'changed' | 'twice';
const injected: Record<Fate, Finding['kind'] | undefined> = {
  same: undefined,
  dropped: 'missing',
  'unknown to us': 'extra',
  changed: 'different',
  twice: 'extra',
};

it('find exactly what was dropped, added or changed, and nothing else', () => {
  const movement = fc.record({
    kind: fc.constantFrom('capture' as const, 'refund' as const),
    amount: fc.integer({ min: 1, max: 50 }),
    currency: fc.constantFrom('GBP', 'JPY'),
    ms: fc.integer({ min: 0, max: 86_399_999 }),
    apartMs: fc.integer({ min: -80_000_000, max: 80_000_000 }),
    keeps: fc.constantFrom('both' as const, 'reference' as const, 'name' as const),
    fate: fc.constantFrom<Fate>('same', 'same', 'same', 'dropped', 'unknown to us', 'changed', 'twice'),
    change: fc.constantFrom<Partial<TheirMovement>>({ amount: 999 }, { currency: 'USD' }),
  });
  const time = (ms: number) => new Date(Date.parse(day.from) + ms).toISOString();
  fc.assert(
    fc.property(fc.array(movement, { maxLength: 30 }), fc.func(fc.integer()), (movements, order) => {
      const ours: OurMovement[] = [];
      const theirs: TheirMovement[] = [];
      const expected: string[] = [];
      for (const [index, { kind, amount, currency, ms, apartMs, keeps, fate, change }] of movements.entries()) {
        const reference = `r${index}`;
        const mine = our(reference, { kind, amount, currency, at: time(ms) });
        const { paymentId: _, ...same } = mine;
        const known = {
          ...same,
          providerReference: keeps === 'reference' ? `txn_${index}` : `ch_${reference}`,
          reference: keeps === 'name' ? null : reference,
        };
        // Alone, it is of the day on which the provider has it.
        const elsewhere = { ...known, at: time(ms + apartMs) };
        const alone = { ...known, at: time(ms) };
        if (fate !== 'unknown to us') ours.push(mine);
        if (fate === 'same' || fate === 'twice') theirs.push(fate === 'twice' ? alone : elsewhere);
        if (fate === 'twice' || fate === 'unknown to us') theirs.push({ ...alone });
        if (fate === 'changed') theirs.push({ ...elsewhere, ...change });
        const kind_ = injected[fate];
        if (kind_) expected.push(`${kind_} ${index}`);
      }
      const shuffled = theirs.toSorted((a, b) => order(a.providerReference) - order(b.providerReference));
      const { findings } = compare(ours, shuffled, day);
      const indexOf = ({ reference, providerReference }: Finding) => (reference ?? providerReference ?? '').replace(/\D/g, '');
      expect(findings.map((one) => `${one.kind} ${indexOf(one)}`).toSorted()).toEqual(expected.toSorted());
      expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
    }),
    { numRuns: 500 },
  );
});

describe('a reconciliation', () => {
  const about = { provider: 'sandbox', day: '2026-03-10' };
  const request = (again = false): ReconciliationCommand => ({ type: 'Request', ...about, again });
  const requested = (run: number): ReconciliationEvent => ({ type: 'ReconciliationRequested', data: { ...about, run } });
  const comparisonOf = (...references: string[]): Comparison =>
    compare(
      references.map((reference) => our(reference)),
      [],
      day,
    );
  const complete = (run: number, comparison: Comparison): ReconciliationCommand => ({ type: 'Complete', run, comparison });
  const completed = (run: number, comparison: Comparison, cleared: string[] = [], findingsLeftOut = 0): ReconciliationEvent => ({
    type: 'ReconciliationCompleted',
    data: { ...about, run, ...comparison, cleared, findingsLeftOut },
  });
  const given = (...history: ReconciliationEvent[]) => ({
    when: (command: ReconciliationCommand) => reconciliation.decide(command, fold(reconciliation, history)),
  });

  it('is of one day at one provider', () => expect(reconciliationId('sandbox', '2026-03-10')).toBe('sandbox-2026-03-10'));

  it('is asked for once, and again where that is wanted', () => {
    const done = completed(1, comparisonOf('a'));
    expect(given().when(request())).toEqual({ accepted: [requested(1)] });
    expect(given(requested(1)).when(request())).toEqual({ accepted: [] });
    expect(given(requested(1)).when(request(true))).toEqual({ accepted: [] });
    expect(given(requested(1), done).when(request())).toEqual({ accepted: [] });
    expect(given(requested(1), done).when(request(true))).toEqual({ accepted: [requested(2)] });
  });

  it('is completed once a run, and says what is no longer so', () => {
    const first = completed(1, comparisonOf('a', 'b'));
    expect(given(requested(1)).when(complete(1, comparisonOf('a', 'b')))).toEqual({ accepted: [first] });
    expect(given(requested(1), first).when(complete(1, comparisonOf()))).toEqual({ accepted: [] });
    expect(given(requested(1), first, requested(2)).when(complete(1, comparisonOf()))).toEqual({ accepted: [] });
    expect(given(requested(1), first, requested(2)).when(complete(2, comparisonOf('b', 'c')))).toEqual({
      accepted: [completed(2, comparisonOf('b', 'c'), ['missing capture a'])],
    });
    expect(given().when(complete(1, comparisonOf()))).toEqual({ rejected: 'reconciliation_not_found' });
  });

  it('holds so many findings, and counts the rest', () => {
    const many = comparisonOf(...Array.from({ length: mostFindings + 3 }, (_, n) => `r${n}`));
    const decision = given(requested(1)).when(complete(1, many));
    expect(decision).toMatchObject({ accepted: [{ data: { findingsLeftOut: 3 } }] });
  });
});
