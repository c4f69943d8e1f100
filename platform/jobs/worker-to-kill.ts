// A process for the contract's test: takes a job, says so, and never ends it.
import pino from 'pino';
import { openJobs } from './bullmq.ts';

const [where = '', queue = ''] = process.argv.slice(2);
const jobs = await openJobs({ ...JSON.parse(where), log: pino({ level: 'silent' }) });
await jobs.work(
  queue,
  ({ id }) => {
    process.send?.({ started: id });
    return new Promise(() => {});
  },
  { concurrency: 1 },
);
process.send?.('ready');
process.on('disconnect', () => process.exit());
