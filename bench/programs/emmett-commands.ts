// Our decider under Emmett's command handler, on Emmett's PostgreSQL store.
import { randomUUID } from 'node:crypto';
import { CommandHandler } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import { payment } from '../../domain/payment/payment.ts';
import type { Payment } from '../../domain/payment/state.ts';
import { createCommand } from '../create-command.ts';
import { type Load, type Run, runCallers } from '../harness/callers.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 });
const store = getPostgreSQLEventStore(postgresUrl, { connectionOptions: { pool } });
await store.schema.migrate();

const handle = CommandHandler<Payment, PaymentEvent>({
  initialState: () => payment.initialState,
  evolve: payment.evolve,
  mapToStreamId: (id) => `payment-${id}`,
});

const create = async (): Promise<void> => {
  await handle(store, randomUUID(), (state) => {
    const decision = payment.decide(createCommand(), state);
    if ('rejected' in decision) throw new Error(decision.rejected);
    return [...decision.accepted];
  });
};

const methods = { run: (load: Load): Promise<Run> => runCallers(load, create) };
export type CommandProgram = typeof methods;

serve(methods, async () => {
  await store.close();
  await pool.end();
});
