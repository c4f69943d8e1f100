import { Counter, Histogram, type Registry } from 'prom-client';
import type { RiskAssessment } from '../../../domain/payment/risk.ts';

/** The same, with figures of what was decided, how long it took, which rules fired, and which sources were missing. Once a registry. */
export const measured = <A>(assess: (attempt: A) => Promise<RiskAssessment>, registry: Registry): ((attempt: A) => Promise<RiskAssessment>) => {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'payment_risk_assessment_seconds',
    help: 'How long judging an attempt took, by what was decided',
    labelNames: ['decision'],
    registers,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  });
  const fired = new Counter({ name: 'payment_risk_rules_fired_total', help: 'How often each rule fired', labelNames: ['rule'], registers });
  const missing = new Counter({
    name: 'payment_risk_sources_missing_total',
    help: 'Attempts judged without a source that was not asked or gave no answer',
    labelNames: ['source'],
    registers,
  });
  return async (attempt) => {
    const started = performance.now();
    const assessment = await assess(attempt);
    seconds.observe({ decision: assessment.decision }, (performance.now() - started) / 1_000);
    for (const { id } of assessment.rules) fired.inc({ rule: id });
    for (const source of assessment.inputs.missing) missing.inc({ source });
    return assessment;
  };
};
