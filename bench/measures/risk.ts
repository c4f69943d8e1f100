import { randomUUID } from 'node:crypto';
import { assessAttempt } from '../../command/payment/risk/assess-attempt.ts';
import { type AttemptToAssess, windowsMs } from '../../command/payment/risk/sources.ts';
import { countedAddress } from '../../domain/payment/risk/address.ts';
import { defaultRiskRules } from '../../domain/payment/risk/default-rules.ts';
import { disposableDomains } from '../../platform/disposable-email/disposable-email.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { postgresVelocity } from '../../platform/velocity/postgres.ts';
import { subjectKey } from '../../platform/velocity/subject-key.ts';
import { cardOfToken } from '../../providers/payment/sandbox/card.ts';
import type { Measure } from '../harness/measure.ts';
import { benchPostgres } from '../harness/postgres.ts';
import { latencies } from '../harness/statistics.ts';

const perSecond = 200;
/** Attempts that are counted already: a day's, one address behind many of them. */
const before = { attempts: 200_000, ofBusyAddress: 20_000 };
const busy = '203.0.113.7';
const keyOf = subjectKey('bench');

/** What judging an attempt costs before it is made, on PostgreSQL, at a steady pace: waiting in line counts. */
export const risk: Measure = {
  name: 'risk',
  run: async ({ rounds, seconds }) => {
    await using postgres = await benchPostgres();
    const pool = openPostgres(await postgres.freshDatabase('risk'), { max: 12 });
    const velocity = await postgresVelocity({ pool, windowsMs });
    try {
      await pool.query(`insert into platform.velocity_attempts (attempt, key, at, amount, currency, card)
        select gen_random_uuid(), case when n <= ${before.ofBusyAddress} then '${keyOf('ip', countedAddress(busy) ?? '')}' else 'c' || n % 20000 end,
          extract(epoch from now()) * 1000 - random() * 86400000, 1000, 'GBP', n % 20000 from generate_series(1, ${before.attempts}) as n`);
      await pool.query('vacuum analyze platform.velocity_attempts');
      const assess = assessAttempt({
        rules: () => ({ version: 0, rules: defaultRiskRules }),
        velocity,
        keyOf,
        providers: [{ name: 'sandbox', cardOf: async (token) => cardOfToken(token) }],
        isDisposable: disposableDomains(),
        ipCountry: undefined,
        log: { warn: (...words: unknown[]) => console.error(...words) },
        patience: { velocity: 10_000, card: 10_000, disposable: 10_000 },
      });
      await atPace(seconds, () => assess(attempt(0)));
      const ordinary = latencies(await atPace(rounds * seconds, (n) => assess(attempt(n))));
      const behindOne = latencies(await atPace(rounds * seconds, (n) => assess(attempt(n, busy))));
      const detail = (of: typeof ordinary) => ({ 'p50 ms': of.p50, 'p90 ms': of.p90, 'max ms': of.max, samples: rounds * seconds * perSecond });
      return [
        { measure: `an attempt judged, ${perSecond}/s: p99`, value: ordinary.p99, unit: 'ms', target: { atMost: 5 }, detail: detail(ordinary) },
        { measure: 'the same, all from one busy address: p99', value: behindOne.p99, unit: 'ms', detail: detail(behindOne) },
      ];
    } finally {
      await velocity.close();
      await pool.end();
    }
  },
};

const attempt = (n: number, ip = `198.51.${n % 250}.${1 + (n % 199)}`): AttemptToAssess => ({
  attemptId: randomUUID(),
  payment: { amount: 1_000 + n, currency: 'GBP', customer: { id: `c${n % 5_000}`, email: `c${n}@example.com`, country: 'GB' }, provider: null },
  method: 'card',
  token: `tok_success?card=k${n % 5_000}&country=GB`,
  provider: null,
  context: { ip, deviceId: `d${n % 5_000}` },
});

/** Begins one every few milliseconds, whether those before it are done or not. How long each took from when it was due. */
const atPace = async (seconds: number, work: (n: number) => Promise<unknown>): Promise<number[]> => {
  const start = performance.now();
  const all: Promise<number>[] = [];
  for (let n = 0; n < seconds * perSecond; n += 1) {
    const due = start + (n * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    all.push(work(n).then(() => performance.now() - Math.max(due, start)));
  }
  return Promise.all(all);
};
