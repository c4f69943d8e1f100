import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { assessedAs } from '../../../domain/payment/examples.ts';
import { measured } from './measured.ts';

it('shows what was decided, by which rules, and without which sources', async () => {
  const registry = new Registry();
  const { inputs, ...assessment } = assessedAs('review');
  const assess = measured(async () => ({ ...assessment, inputs: { ...inputs, missing: ['velocity'] } }), registry);
  expect(await assess(undefined)).toMatchObject({ decision: 'review' });
  const text = await registry.metrics();
  expect(text).toContain('payment_risk_assessment_seconds_count{decision="review"} 1');
  expect(text).toContain('payment_risk_rules_fired_total{rule="high_amount"} 1');
  expect(text).toContain('payment_risk_sources_missing_total{source="velocity"} 1');
});
