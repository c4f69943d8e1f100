// The official client alone in a process: one event an append, each to a new stream.
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { type Load, type Run, runCallers } from '../harness/callers.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { connectionString } = settingsOf<{ connectionString: string }>();
const client = EventStoreDBClient.connectionString(connectionString);

// About 300 bytes of JSON: what a small business event comes to.
const data = {
  amount: 4_999,
  currency: 'EUR',
  captureMethod: 'automatic',
  customer: { id: randomUUID(), country: 'DE' },
  reference: `order-${randomUUID()}`,
  description: 'Two tickets, row 12, and a programme for each of them; sent by post',
  metadata: { channel: 'web', campaign: 'autumn', cart: randomUUID() },
};

const methods = {
  run: (load: Load): Promise<Run> =>
    runCallers(load, () => client.appendToStream(`bench-${randomUUID()}`, jsonEvent({ type: 'Measured', data }), { expectedRevision: NO_STREAM })),
};
export type Appender = typeof methods;

serve(methods, () => client.dispose());
