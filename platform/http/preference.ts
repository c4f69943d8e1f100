import type { FastifyReply, FastifyRequest } from 'fastify';

export type WaitLimits = { defaultMs: number; maxMs: number };

/**
 * How long, in milliseconds, a command may wait for its outcome: RFC 7240's `Prefer: wait=N` (seconds, up to the limit) and
 * `respond-async` (not at all, unless there is a `wait` too). Says in `Preference-Applied` what was honoured; what can't be read is ignored.
 */
export const waitPreferred = (request: FastifyRequest, reply: FastifyReply, { defaultMs, maxMs }: WaitLimits): number => {
  const { wait, respondAsync } = parsePrefer(request.headers.prefer);
  const waitMs = wait === undefined ? (respondAsync ? 0 : defaultMs) : Math.min(wait * 1_000, maxMs);
  const applied = [...(respondAsync ? ['respond-async'] : []), ...(wait === undefined ? [] : [`wait=${Math.floor(waitMs / 1_000)}`])];
  if (applied.length > 0) reply.header('preference-applied', applied.join(', '));
  return waitMs;
};

const parsePrefer = (header: string | readonly string[] | undefined): { wait?: number; respondAsync: boolean } => {
  if (header === undefined) return { respondAsync: false };
  const preferences = String(header)
    .split(',')
    .map((preference) => preference.split(';')[0]?.trim().toLowerCase() ?? '');
  // Of two with one name the first counts.
  const wait = preferences.map((preference) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(preference)?.[1]).find((seconds) => seconds !== undefined);
  return { ...(wait !== undefined && { wait: Number(wait) }), respondAsync: preferences.includes('respond-async') };
};
