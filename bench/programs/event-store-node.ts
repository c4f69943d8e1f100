// The embedded event-store node alone in a process.
import { startEventStoreNode } from '../../embedded/event-store/node.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const node = await startEventStoreNode({ postgresUrl, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });

const methods = { connectionString: async (_: null): Promise<string> => node.connectionString };
export type EventStoreNode = typeof methods;

serve(methods, () => node.stop());
