// What moved on one day at one provider: by our books, and by theirs.
import { accept, type Decider, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import type { Comparison } from './reconciliation-comparison.ts';

/** Of `day`, a date in UTC. `run` counts how often it was asked for, from 1. */
type About = { provider: string; day: string; run: number };

export type ReconciliationEvent =
  | { type: 'ReconciliationRequested'; data: About }
  /** `cleared`: the keys of what the run before had found, and this one hasn't. `findingsLeftOut`: how many more there are than an event can hold. */
  | { type: 'ReconciliationCompleted'; data: About & Comparison & { cleared: readonly string[]; findingsLeftOut: number } };

export type Report = Comparison & { findingsLeftOut: number };
export type Reconciliation = { status: 'absent' } | (About & { status: 'requested' | 'completed'; report: Report | null });

export type ReconciliationCommand =
  /** `again`: also where it was done before. */
  { type: 'Request'; provider: string; day: string; again: boolean } | { type: 'Complete'; run: number; comparison: Comparison };
export type ReconciliationRejection = 'reconciliation_not_found';

/** More than anybody looks at one by one: beyond it something is wrong as a whole. An event may have a megabyte, a finding has half a kilobyte. */
export const mostFindings = 1_000;

export const reconciliation: Decider<Reconciliation, ReconciliationCommand, ReconciliationEvent, ReconciliationRejection> = {
  initialState: { status: 'absent' },
  decide: (command, state) => {
    switch (command.type) {
      case 'Request': {
        const { provider, day, again } = command;
        if (state.status === 'absent') return accept({ type: 'ReconciliationRequested', data: { provider, day, run: 1 } });
        return again && state.status === 'completed' ? accept({ type: 'ReconciliationRequested', data: { provider, day, run: state.run + 1 } }) : accept();
      }
      case 'Complete': {
        if (state.status === 'absent') return reject('reconciliation_not_found');
        const { provider, day, run, report } = state;
        if (state.status === 'completed' || command.run !== run) return accept();
        const { totals, findings } = command.comparison;
        const kept = findings.slice(0, mostFindings);
        const keys = new Set(kept.map(({ key }) => key));
        const cleared = (report?.findings ?? []).map(({ key }) => key).filter((key) => !keys.has(key));
        const data = { provider, day, run, totals, findings: kept, cleared, findingsLeftOut: findings.length - kept.length };
        return accept({ type: 'ReconciliationCompleted', data });
      }
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'ReconciliationRequested':
        return { status: 'requested', ...event.data, report: state.status === 'absent' ? null : state.report };
      case 'ReconciliationCompleted': {
        const { provider, day, run, totals, findings, findingsLeftOut } = event.data;
        return { status: 'completed', provider, day, run, report: { totals, findings, findingsLeftOut } };
      }
    }
  },
};

export const reconciliationCatalogue: EventCatalogue<ReconciliationEvent> = { ReconciliationRequested: {}, ReconciliationCompleted: {} };

/** Streams `reconciliation-<provider>-<day>`: a day of a provider is asked for once, by whomever. */
export const reconciliationAggregate = { category: 'reconciliation', decider: reconciliation, catalogue: reconciliationCatalogue };
export const reconciliationId = (provider: string, day: string): string => `${provider}-${day}`;
