// npm run webhooks -- [--from TIME] [--to TIME] [--provider NAME] [--payment ID] [--apply]: reads the stored webhooks with today's mapping,
// and says what that would change; with --apply, changes it.
import { parseArgs } from 'node:util';
import { isConfigError, parseConfig } from '../platform/config.ts';
import { createLog } from '../platform/telemetry/log.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { explain } from '../roles/explain.ts';
import { openFoundation } from '../roles/foundation.ts';
import { runningGround } from '../roles/running.ts';
import { type Rerun, rerunWebhooks } from '../workers/payment/webhook-rerun.ts';
import { tally } from './webhooks/tally.ts';

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  provider: { type: 'string' },
  payment: { type: 'string' },
  apply: { type: 'boolean' },
} as const;

const whichOf = ({ from, to, provider, payment }: { from?: string; to?: string; provider?: string; payment?: string }) => {
  for (const [name, time] of Object.entries({ from, to }))
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new Error(`--${name} is ${JSON.stringify(time)}: expected a time, as 2026-03-10 or 2026-03-10T12:00:00Z`);
  return { ...(from && { from }), ...(to && { to }), ...(provider && { provider }), ...(payment && { paymentId: payment }) };
};

const rerun = async (argv: string[]): Promise<boolean> => {
  const { values } = parseArgs({ args: argv, options });
  const { apply = false, ...asked } = values;
  const which = whichOf(asked);
  const config = parseConfig(process.env, []);
  const log = createLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, name: 'webhooks' });
  const foundation = await openFoundation({ config, log, ground: await runningGround(config), metrics: createMetrics() });
  try {
    const { all: providers } = await foundation.providers();
    if (which.provider !== undefined && !providers.some(({ name }) => name === which.provider))
      throw new Error(`there is no provider ${which.provider}: name one of ${providers.map(({ name }) => name).join(', ')}`);
    const counted = tally();
    for await (const one of rerunWebhooks(foundation.storedWebhooks(), { payments: foundation.payments, providers, apply, which })) {
      counted.add(one);
      for (const line of linesOf(one)) console.log(line);
    }
    for (const line of counted.lines(apply)) console.log(line);
    return counted.failed() === 0;
  } finally {
    await foundation.close();
  }
};

const linesOf = (one: Rerun): string[] => {
  const head = `${one.at} ${one.provider} ${one.kind} ${one.eventId}`;
  if ('skipped' in one) return [];
  if ('failed' in one) return [`${head}: cannot be read: ${one.failed}`];
  return one.changes.map(
    (change) => `${head}: payment ${change.paymentId}, ${change.command}: ${'events' in change ? change.events.join(', ') : `refused: ${change.rejected}`}`,
  );
};

try {
  process.exit((await rerun(process.argv.slice(2))) ? 0 : 3);
} catch (error) {
  for (const line of isConfigError(error) ? error.faults : explain(error)) console.error(line);
  process.exit(1);
}
