import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.ts';

/** A read that names a position waits this long, in milliseconds, for the read model to get there. */
const waitMs = 5_000;

/** Tells the caller where in the log its write is, to read its own writes by. */
export const withPosition = (reply: FastifyReply, position: bigint): FastifyReply => reply.header('x-position', position.toString());

/** Waits for what the caller has written: resolves once the read model has reached `x-after-position`; 503 `read_model_behind` if it doesn't in 5 s. */
export const readYourWrites = async (
  request: FastifyRequest,
  reached: (position: bigint, timeoutMs: number) => Promise<boolean>,
  timeoutMs = waitMs,
): Promise<void> => {
  const position = positionAskedFor(request);
  if (position === undefined || (await reached(position, timeoutMs))) return;
  throw problem(503, 'read_model_behind', {
    detail: `The read model has not reached position ${position} in ${timeoutMs / 1_000} s. Try again shortly, or without x-after-position for what is there now.`,
    headers: { 'retry-after': '1' },
  });
};

const positionAskedFor = ({ headers }: FastifyRequest): bigint | undefined => {
  const header = headers['x-after-position'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,19}$/.test(header)) return BigInt(header);
  throw problem(400, 'invalid_request', {
    detail: 'x-after-position must be what a write answered as x-position.',
    errors: [{ path: 'header.x-after-position', message: 'must be a whole number, as x-position was' }],
  });
};
