import { eventStoreContract } from './contract.ts';
import { memoryStore } from './memory-store.ts';

eventStoreContract('the store in memory', async () => {
  const store = memoryStore();
  return { store, close: store.close };
});
