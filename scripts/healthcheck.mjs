// For the container's health check: are the roles that process 1 was started with ready? Roles that listen nowhere are as healthy as their process.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const all = ['payment', 'notification', 'projector', 'worker', 'eventstore'];
const given = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const named = given.slice(given.indexOf('main.ts') + 1).filter((word) => all.includes(word));
const roles = named.length > 0 ? named : all;
const { env } = process;

const httpReady = async (port) => (await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4000) })).ok;
const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 4000 });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });

const checks = {
  payment: () => httpReady(env.PAYMENT_PORT || 3001),
  notification: () => httpReady(env.NOTIFICATION_PORT || 3002),
  // Asked by its name alone; among all roles it may be left out, where EVENTSTORE_URL is set.
  eventstore: async () => !named.includes('eventstore') || listens(env.EVENTSTORE_PORT || 2113),
};
const answers = await Promise.all(roles.map((role) => checks[role]?.().catch(() => false) ?? true));
process.exit(answers.every(Boolean) ? 0 : 1);
