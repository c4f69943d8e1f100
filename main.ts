// The composition root: reads the environment, starts what everything stands on, then the roles of this process.
import { fileURLToPath } from 'node:url';
import { isConfigError, parseConfig } from './platform/config.ts';
import { createLog } from './platform/telemetry/log.ts';
import { explain } from './roles/explain.ts';

const fail = (lines: readonly string[]): never => {
  for (const line of lines) console.error(line);
  process.exit(1);
};

const readConfig = () => {
  try {
    return parseConfig(process.env, process.argv.slice(2));
  } catch (error) {
    if (isConfigError(error)) return fail(error.faults);
    throw error;
  }
};

const config = readConfig();
const log = createLog({ level: config.LOG_LEVEL, name: config.roles.length === 1 ? (config.roles[0] ?? 'platform') : 'platform' });
const settings = { config, log, environment: process.env, mainFile: fileURLToPath(import.meta.url), giveUp: (error: Error) => void fail(explain(error)) };

// Each loads what it needs: the node by itself holds half of the memory that way.
const run = async (): Promise<{ stop: () => Promise<void> }> => {
  const onlyTheNode = config.roles.length === 1 && config.roles[0] === 'eventstore';
  if (onlyTheNode) return (await import('./roles/node-process.ts')).runNode(settings);
  return (await import('./roles/platform.ts')).runPlatform(settings);
};
const starting = run();

// A stop that comes while it starts waits for the start: half-started servers would be left behind.
let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  starting
    .then(({ stop }) => stop())
    .then(
      () => process.exit(0),
      (error: unknown) => fail(explain(error)),
    );
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
// Started by another process of ours: if that is gone, there is nobody to serve.
if (process.connected) process.on('disconnect', stop);

await starting.catch((error: unknown) => fail(explain(error)));
