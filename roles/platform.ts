import type { Logger } from 'pino';
import type { Config, Role } from '../platform/config.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import { type Ground, standOn } from './ground.ts';
import { whoSends } from './messages.ts';
import { runNotification } from './notification.ts';
import { runPayment } from './payment.ts';
import { runProjector } from './projector.ts';
import { runWorker } from './worker.ts';

type Settings = {
  config: Config;
  log: Logger;
  mainFile: string;
  environment: Readonly<Record<string, string | undefined>>;
  giveUp: (error: Error) => void;
};
type Stoppable = { stop: () => Promise<void> };

/** The roles that were asked for, in this process, and the bundled servers that they need. Stopping drains: first who asks, last who keeps. */
export const runPlatform = async (settings: Settings): Promise<Stoppable> => {
  const started: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    for (const { stop } of started.toReversed()) await stop();
  };
  try {
    const ground: Ground = await standOn(settings);
    started.push(ground);
    const foundation = await openFoundation({ ...settings, ground, metrics: createMetrics() });
    started.push({ stop: foundation.close });
    await startRoles(foundation, started);
    foundation.readiness.ready();
    await announce(foundation);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startRoles = async (foundation: Foundation, started: Stoppable[]): Promise<void> => {
  const runs = (role: Role): boolean => foundation.config.roles.includes(role);
  const engine = runs('projector') ? await runProjector(foundation) : undefined;
  if (engine) started.push(engine);
  // Before the services: what they take is worked on at once.
  if (runs('worker')) started.push(await runWorker(foundation, engine));
  if (runs('payment')) started.push(await runPayment(foundation, engine));
  if (runs('notification')) started.push(await runNotification(foundation, engine));
};

const announce = async ({ config, addresses, apiKeyFile, providers }: Foundation): Promise<void> => {
  const runs = (role: Role): boolean => config.roles.includes(role);
  const { all, sandbox } = runs('payment') || runs('worker') ? await providers() : { all: [], sandbox: undefined };
  const lines = [
    ...(runs('payment') ? [`payments       ${addresses.payment()}`] : []),
    ...(runs('notification') ? [`notifications  ${addresses.notification()}`] : []),
    ...(runs('payment') ? [`console        ${addresses.payment()}/console/`] : []),
    ...(all.length > 0 ? [`paid through   ${all.map(({ name }) => name).join(', ')}${sandbox ? '  (a sandbox moves no money)' : ''}`] : []),
    ...(runs('worker') ? [`sent through   ${whoSends(config) || 'nobody: messages lie in the outbox'}`] : []),
    `API key        ${apiKeyFile === undefined ? 'the one in API_KEY' : `in ${apiKeyFile}`}  (with API_KEY you choose your own)`,
    `ready: ${config.roles.join(', ')}`,
  ];
  for (const line of lines) console.log(line);
};
