import { startEventStoreNode } from '../../embedded/event-store/node.ts';
import { freshDatabase } from '../../test/support/postgres.ts';
import { openEventStore } from './client.ts';
import { eventStoreContract } from './contract.ts';

eventStoreContract('the client with the embedded node', async () => {
  const database = await freshDatabase();
  const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
  const store = openEventStore({ connectionString: node.connectionString });
  return {
    store,
    close: async () => {
      await store.close();
      await node.stop();
      await database.drop();
    },
  };
});
