import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';

type Answer = { status: 'ok' } | { status: 'misconfigured' | 'unreachable'; reason: string };
type Checked = { name: string; check: () => Promise<Answer | undefined>; variables: readonly string[] };

/** How long a start waits for a provider to say whether our keys work, in milliseconds. */
const patienceMs = 5_000;

/** Wrong keys are a fault of ours, to be mended before anybody waits; who can't be reached may be back in a minute. */
export const checkAtStart = async ({ name, check, variables }: Checked, log: Pick<Logger, 'warn'>): Promise<void> => {
  const answer = await Promise.race([check(), pause(patienceMs, undefined, { ref: false })]);
  // What webhooks are verified with is shown right or wrong by webhooks only.
  const asked = variables.filter((variable) => !variable.includes('WEBHOOK'));
  if (answer?.status === 'misconfigured') throw new Error(`${name} does not accept what is in ${asked.join(', ')}: ${answer.reason}`);
  if (answer?.status !== 'ok')
    log.warn({ provider: name, reason: answer?.reason ?? `no answer within ${patienceMs} ms` }, `${name} can't be reached: it is used once it can be`);
};
