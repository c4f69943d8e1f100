// Our decider under our command handler: the client, the codec that seals personal data, the hash chain. The node stands in another process.
import { randomUUID } from 'node:crypto';
import { paymentCatalogue } from '../../domain/payment/events.ts';
import { payment } from '../../domain/payment/payment.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { createCommand } from '../create-command.ts';
import { type Load, type Run, runCallers } from '../harness/callers.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { masterKey } from '../master-key.ts';

const { connectionString, postgresUrl } = settingsOf<{ connectionString: string; postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 4 });
const personalData = await openPersonalData(pool, { masterKey });
const store = openEventStore({ connectionString });
const payments = openHandler(
  { category: 'payment', decider: payment, catalogue: paymentCatalogue },
  { store, codec: codec({ catalogues: [paymentCatalogue], personalData }) },
);

const create = async (): Promise<void> => {
  const commandId = randomUUID();
  const context = { commandId, actor: 'key:bench', correlationId: commandId, causationId: commandId };
  const handled = await payments.handle(randomUUID(), createCommand(), context);
  if ('rejected' in handled) throw new Error(handled.rejected);
};

const methods = { run: (load: Load): Promise<Run> => runCallers(load, create) };

serve(methods, async () => {
  await store.close();
  await pool.end();
});
