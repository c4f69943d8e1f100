import { describe, expect, it } from 'vitest';
import { accept, fold, reject } from '../decider.ts';
import { type Conversion, conversions } from './conversion.ts';
import { conclusion, experiment } from './experiment/examples.ts';
import { type Conclusion, type ExperimentCommand, type ExperimentEvent, experiments } from './experiment.ts';

const started = (change: Parameters<typeof experiment>[0] = {}): ExperimentEvent => ({ type: 'ExperimentStarted', data: experiment(change) });
const concluded = (change: Partial<Conclusion> = {}): ExperimentEvent => ({
  type: 'ExperimentConcluded',
  data: { key: 'shorter_receipt', ...conclusion(change) },
});
const start = (change: Parameters<typeof experiment>[0] = {}): ExperimentCommand => ({ type: 'Start', experiment: experiment(change) });
const conclude = (change: Partial<Conclusion> = {}, key = 'shorter_receipt'): ExperimentCommand => ({ type: 'Conclude', key, conclusion: conclusion(change) });
const stateAfter = (...events: readonly ExperimentEvent[]) => fold(experiments, events);
const decided = (command: ExperimentCommand, ...events: readonly ExperimentEvent[]) => experiments.decide(command, stateAfter(...events));

describe('an experiment is started', () => {
  it('once', () => {
    expect(decided(start())).toEqual(accept(started()));
    expect(decided(start({ startedAt: '2026-06-02T10:00:00.000Z' }), started())).toEqual(accept());
    expect(decided(start(), started(), concluded())).toEqual(accept());
  });
  it('under a key that no other has, ever', () => {
    expect(decided(start({ metric: 'clicked' }), started())).toEqual(reject('experiment_exists'));
    expect(decided(start({ metric: 'clicked' }), started(), concluded())).toEqual(reject('experiment_exists'));
  });
  it('on a template that has none', () => {
    expect(decided(start({ key: 'second' }), started())).toEqual(reject('template_has_experiment'));
    expect(decided(start({ key: 'second', template: 'payment_refund' }), started())).toEqual(accept(started({ key: 'second', template: 'payment_refund' })));
    expect(decided(start({ key: 'second' }), started(), concluded())).toEqual(accept(started({ key: 'second' })));
  });
  it('whatever the key is called', () => {
    expect(decided(start({ key: 'constructor', template: 'constructor' }))).toEqual(accept(started({ key: 'constructor', template: 'constructor' })));
  });
});

describe('an experiment is concluded', () => {
  it('once', () => {
    expect(decided(conclude(), started())).toEqual(accept(concluded()));
    expect(decided(conclude({ at: '2026-07-01T10:00:00.000Z' }), started(), concluded())).toEqual(accept());
  });
  it('in one way', () => {
    expect(decided(conclude({ winner: null, reason: 'stopped' }), started(), concluded())).toEqual(reject('experiment_concluded'));
    expect(decided(conclude({ reason: 'significant' }), started(), concluded())).toEqual(reject('experiment_concluded'));
  });
  it('where it is', () => expect(decided(conclude({}, 'other'), started())).toEqual(reject('experiment_not_found')));
  it('for one of its variants', () => expect(decided(conclude({ winner: 'other' }), started())).toEqual(reject('unknown_variant')));
});

describe('of a template it is known', () => {
  it('which experiment runs', () => {
    const { running, settled } = stateAfter(started());
    expect(running.get('payment_receipt')).toEqual(experiment());
    expect(settled.size).toBe(0);
  });
  it('which version an experiment settled on', () => {
    const settled = { experiment: 'shorter_receipt', newestVersion: 2 };
    expect(stateAfter(started(), concluded()).settled.get('payment_receipt')).toEqual({ ...settled, templateVersion: 2 });
    expect(stateAfter(started(), concluded({ winner: null, reason: 'not_significant' })).settled.get('payment_receipt')).toEqual({
      ...settled,
      templateVersion: 1,
    });
  });
  it('that nothing runs any more, but what runs on others', () => {
    const other = started({ key: 'other', template: 'payment_refund' });
    expect([...stateAfter(started(), other, concluded()).running.keys()]).toEqual(['payment_refund']);
  });
});

describe('a history that cannot be', () => {
  it('is an error', () => {
    expect(() => stateAfter(concluded())).toThrow('before it was started');
    expect(() => stateAfter(started(), concluded({ winner: 'other' }))).toThrow('no variant');
  });
});

describe('a conversion', () => {
  const conversion: Conversion = { experiment: 'shorter_receipt', recipient: 'r1', event: 'order_placed', at: '2026-06-01T10:00:00.000Z' };
  const command = (change: Partial<Conversion> = {}) => ({ type: 'Record' as const, conversion: { ...conversion, ...change } });
  const recorded = { type: 'ConversionRecorded' as const, data: conversion };

  it('is recorded once, and another one beside it', () => {
    expect(conversions.decide(command(), conversions.initialState)).toEqual(accept(recorded));
    expect(conversions.decide(command(), fold(conversions, [recorded]))).toEqual(accept());
    const later = { at: '2026-06-02T10:00:00.000Z' };
    expect(conversions.decide(command(later), fold(conversions, [recorded]))).toEqual(accept({ ...recorded, data: { ...conversion, ...later } }));
  });
});
