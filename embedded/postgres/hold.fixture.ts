// node hold.fixture.ts DIRECTORY: a process that starts the server, says so, and holds it until SIGTERM. For the specs, which kill it.
import { startPostgres } from './postgres.ts';

const [directory = ''] = process.argv.slice(2);
try {
  const postgres = await startPostgres({ dataDirectory: directory, log: () => {} });
  process.once('SIGTERM', () => postgres.stop());
  console.log(JSON.stringify({ url: postgres.url('postgres'), pid: postgres.pid }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
