// All projections of both services in a process of their own, on one tail. Their documents may be in another database than the log.
import pino from 'pino';
import { notificationCatalogue } from '../../domain/notification/events.ts';
import { paymentCatalogue } from '../../domain/payment/events.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openTail } from '../../platform/event-store/open-tail.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { type Engine, runProjections } from '../../projections/engine.ts';
import type { AnyProjection } from '../../projections/projection.ts';
import { allProjections } from '../all-projections.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { masterKey } from '../master-key.ts';

const { connectionString, postgresUrl, documentsUrl } = settingsOf<{ connectionString: string; postgresUrl: string; documentsUrl: string }>();
const keys = openPostgres(postgresUrl, { max: 2 });
const pool = openPostgres(documentsUrl, { max: 8 });
const store = openEventStore({ connectionString });
const tail = openTail({
  store,
  codec: codec({ catalogues: [paymentCatalogue, notificationCatalogue], personalData: await openPersonalData(keys, { masterKey }) }),
});
const documents = openPostgresDocuments({ pool });
let engine: Engine | undefined;
let running: readonly AnyProjection[] = [];

const methods = {
  /** All of them, or the one that is named. */
  start: async ({ only }: { only?: string }): Promise<void> => {
    running = allProjections.filter(({ name }) => only === undefined || name === only);
    engine = await runProjections({ tail, stores: { documents, postgres: documents }, projections: running, log: pino({ level: 'warn' }) });
  },
  /** Resolves when every projection has everything up to there. */
  reached: async ({ position, timeoutMs }: { position: string; timeoutMs: number }): Promise<void> => {
    const late = await Promise.all(running.map(async ({ name }) => ((await engine?.runner(name)?.reached(BigInt(position), timeoutMs)) ? [] : [name])));
    if (late.flat().length > 0) throw new Error(`not up to ${position} within ${timeoutMs} ms: ${late.flat().join(', ')}`);
  },
};
export type Projector = typeof methods;

serve(methods, async () => {
  await engine?.stop();
  await tail.close();
  await store.close();
  await Promise.all([pool.end(), keys.end()]);
});
