// A node in a process of its own, for the specs that kill it: node test-server.ts POSTGRES_URL PORT. Tells its parent when it serves.
import { startEventStoreNode } from './node.ts';

const [, , postgresUrl = '', port = '0'] = process.argv;
const node = await startEventStoreNode({
  postgresUrl,
  host: '127.0.0.1',
  port: Number(port),
  whenLocked: 'wait',
  onStandby: () => process.send?.('standing by'),
});
process.send?.(node.connectionString);
process.on('disconnect', () => process.exit());
