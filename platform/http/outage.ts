import { isEventStoreUnavailable } from '../event-store/unavailable.ts';
import { type Problem, problem } from './problem.ts';

const systemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOENT', 'EAI_AGAIN']);
// Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, insufficient resources (disk full), operator intervention.
const postgresClasses = ['08', '53', '57P'];
const poolMessages = /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Cannot use a pool after calling end)/;

/** The 503 for an error that says that something we stand on is down; undefined for any other. */
export const unavailable = (error: unknown): Problem | undefined => {
  if (isEventStoreUnavailable(error))
    return outage('event_store_unavailable', 'The event store can not be reached now. Nothing is lost: repeat the request with the same Idempotency-Key.');
  if (error instanceof AggregateError) return error.errors.map(unavailable).find((found) => found !== undefined);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (isConnectionFault(error, code)) return outage('storage_unavailable', 'A database can not be reached now. Try again shortly.');
  return undefined;
};

const isConnectionFault = (error: Error, code: string): boolean =>
  ('syscall' in error && systemCodes.has(code)) ||
  postgresClasses.some((start) => code.length === 5 && code.startsWith(start)) ||
  poolMessages.test(error.message) ||
  /^Mongo(?:Network|ServerSelection)/.test(error.name);

const outage = (code: string, detail: string): Problem => problem(503, code, { detail, headers: { 'retry-after': '2' } });
