// npm run rebuild -- [NAME …]: builds read models anew from the log, beside the live ones and under traffic, compares them, and lets them take over.
import { isConfigError, parseConfig } from '../platform/config.ts';
import { createLog } from '../platform/telemetry/log.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import { rebuildProjection } from '../projections/rebuild.ts';
import { explain } from '../roles/explain.ts';
import { openFoundation } from '../roles/foundation.ts';
import { projections } from '../roles/projector.ts';
import { runningGround } from '../roles/running.ts';

const rebuild = async (names: readonly string[]): Promise<boolean> => {
  const unknown = names.filter((name) => !projections.some((projection) => projection.name === name));
  if (unknown.length > 0)
    throw new Error(`there is no read model ${unknown.join(', ')}: name some of ${projections.map(({ name }) => name).join(', ')}, or none for all of them`);
  const config = parseConfig(process.env, []);
  const log = createLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, name: 'rebuild' });
  const foundation = await openFoundation({ config, log, ground: await runningGround(config), metrics: createMetrics() });
  try {
    let allEqual = true;
    for (const projection of projections) {
      if (names.length > 0 && !names.includes(projection.name)) continue;
      const { name, events, seconds, live, rebuilt, equal, tookOver } = await rebuildProjection({
        tail: foundation.tail,
        stores: foundation.stores,
        projection,
        log,
      });
      console.log(
        `${name}: ${events} events in ${seconds.toFixed(1)} s (${Math.round(events / Math.max(seconds, 0.001))}/s), ${tookOver ? 'took over' : 'not taken over'}`,
      );
      console.log(`  live     ${live.documents} documents  ${live.checksum}`);
      console.log(`  rebuilt  ${rebuilt.documents} documents  ${rebuilt.checksum}  ${equal ? 'equal' : 'DIFFERENT'}`);
      allEqual &&= equal;
    }
    return allEqual;
  } finally {
    await foundation.close();
  }
};

try {
  process.exit((await rebuild(process.argv.slice(2))) ? 0 : 3);
} catch (error) {
  for (const line of isConfigError(error) ? error.faults : explain(error)) console.error(line);
  process.exit(1);
}
