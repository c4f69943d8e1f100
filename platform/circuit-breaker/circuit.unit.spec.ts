import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, type Circuit, type CircuitSettings, closedCircuit, settle, stateOf, type Verdict } from './circuit.ts';

const settings: CircuitSettings = { windowMs: 10_000, failures: 3, share: 0.5, coolDownMs: 1_000, longestCoolDownMs: 4_000 };

/** One call after the other, each beginning and ending at its time. */
const given = (circuit: Circuit, ...calls: readonly [verdict: Verdict, at: number][]): Circuit =>
  calls.reduce((now, [verdict, at]) => {
    const admission = admit(now, at);
    return 'permit' in admission ? settle(admission.circuit, admission.permit, verdict, at, settings) : now;
  }, circuit);
const fresh = closedCircuit(settings);
const failed = (...times: number[]) => times.map((at): [Verdict, number] => ['failure', at]);
const open = given(fresh, ...failed(0, 0, 0));

describe('a circuit', () => {
  it('opens when enough calls have failed', () => {
    expect(stateOf(given(fresh, ...failed(0, 1)), 2)).toBe('closed');
    expect(stateOf(given(fresh, ...failed(0, 1, 2)), 2)).toBe('open');
  });

  it('opens at once when a call says that none will work, however many have', () => {
    const working = Array.from({ length: 50 }, (): [Verdict, number] => ['success', 0]);
    expect(given(fresh, ...working, ['fatal', 1])).toMatchObject({ state: 'open', until: 1_001 });
    expect(given(open, ['fatal', 1_000])).toMatchObject({ state: 'open', until: 3_000 });
  });

  it('stays closed while most calls succeed', () =>
    expect(stateOf(given(fresh, ...Array.from({ length: 8 }, (): [Verdict, number] => ['success', 0]), ...failed(1, 2, 3, 4)), 5)).toBe('closed'));

  it('forgets what is older than its window', () => expect(stateOf(given(fresh, ...failed(0, 1, 10_002)), 10_002)).toBe('closed'));

  it('learns nothing from a call that says nothing', () => {
    const nothing = Array.from({ length: 20 }, (): [Verdict, number] => ['nothing', 0]);
    expect(given(fresh, ...nothing)).toEqual(fresh);
  });

  it('lets nobody through until it has cooled down, then one', () => {
    expect(admit(open, 999)).toEqual({ refused: 'open' });
    expect(stateOf(open, 1_000)).toBe('half_open');
    const admission = admit(open, 1_000);
    if (!('permit' in admission)) throw new Error('somebody was to find out');
    expect(admit(admission.circuit, 1_000)).toEqual({ refused: 'probing' });
  });

  it('closes when the one succeeds, and has forgotten the failures', () => {
    const closed = given(open, ['success', 1_000]);
    expect(stateOf(closed, 1_000)).toBe('closed');
    expect(stateOf(given(closed, ...failed(1_001, 1_002)), 1_003)).toBe('closed');
  });

  it('cools down twice as long each time the one fails, up to the longest; then as at first', () => {
    const times = [1_000, 3_000, 7_000, 11_000];
    const circuit = given(open, ...failed(...times));
    expect(times.map((_, n) => given(open, ...failed(...times.slice(0, n + 1))))).toMatchObject([
      { until: 3_000 },
      { until: 7_000 },
      { until: 11_000 },
      { until: 15_000 },
    ]);
    expect(given(circuit, ['success', 15_000], ...failed(15_001, 15_002, 15_003))).toMatchObject({ state: 'open', until: 16_003 });
  });

  it('lets the next one find out where the one found nothing out', () => {
    const undecided = given(open, ['nothing', 1_000]);
    expect(stateOf(undecided, 1_000)).toBe('half_open');
    expect(stateOf(given(undecided, ['success', 1_000]), 1_000)).toBe('closed');
  });

  it('does not heed calls that began before its last change', () => {
    const early = admit(fresh, 0);
    if (!('permit' in early)) throw new Error('a closed circuit lets everybody through');
    expect(settle(open, early.permit, 'success', 10, settings)).toBe(open);
    const probing = admit(open, 1_000);
    if (!('permit' in probing)) throw new Error('somebody was to find out');
    expect(settle(probing.circuit, early.permit, 'success', 1_001, settings)).toBe(probing.circuit);
    const closed = settle(probing.circuit, probing.permit, 'success', 1_001, settings);
    expect(settle(closed, early.permit, 'failure', 1_002, settings)).toBe(closed);
  });
});

describe('whatever happens, a circuit', () => {
  const calls = fc.array(fc.record({ verdict: fc.constantFrom<Verdict>('success', 'failure', 'nothing', 'fatal'), waitMs: fc.nat(2_000) }), { maxLength: 60 });

  it('opens only on a failure or a fault, lets nobody through while it is open, and cools down within its bounds', () => {
    fc.assert(
      fc.property(calls, (each) => {
        let now = 0;
        let circuit: Circuit = fresh;
        for (const { verdict, waitMs } of each) {
          now += waitMs;
          const before = stateOf(circuit, now);
          const next = given(circuit, [verdict, now]);
          if (before === 'open') expect(next).toBe(circuit);
          else if (stateOf(next, now) === 'open') expect(['failure', 'fatal']).toContain(verdict);
          if (before === 'half_open') expect(stateOf(next, now)).toBe({ success: 'closed', failure: 'open', fatal: 'open', nothing: 'half_open' }[verdict]);
          expect(next.coolDownMs).toBeGreaterThanOrEqual(settings.coolDownMs);
          expect(next.coolDownMs).toBeLessThanOrEqual(settings.longestCoolDownMs);
          circuit = next;
        }
      }),
    );
  });

  it('lets one call at a time through until it is known to work', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 100_000 }), fc.integer({ min: 1, max: 20 }), (now, callers) => {
        let circuit = open;
        let through = 0;
        for (let n = 0; n < callers; n += 1) {
          const admission = admit(circuit, now);
          if (!('permit' in admission)) continue;
          through += 1;
          circuit = admission.circuit;
        }
        expect(through).toBe(1);
      }),
    );
  });
});
