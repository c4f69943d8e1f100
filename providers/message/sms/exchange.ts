/** How one HTTP exchange ended. `not_sent`: no connection was made. `unknown`: it was cut off, or took too long, after it may have arrived. */
export type Exchange = Answered | { status: 'not_sent'; reason: string } | { status: 'unknown'; reason: string };
/** `retryAfter`: the header, as it came. */
export type Answered = { status: 'answered'; http: number; text: string; retryAfter: string | null };

export type Posted = { url: string; headers: Readonly<Record<string, string>>; body: string; timeoutMs: number };

/** One POST, once; the time is that of all of it, the answer's body included. Never throws. */
export const post = async ({ url, headers, body, timeoutMs }: Posted): Promise<Exchange> => {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return { status: 'answered', http: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    return interrupted(error, timeoutMs);
  }
};

/** What an error says of how far a request had come. Names no address: a code, or nothing. */
export const interrupted = (error: unknown, timeoutMs: number): Exclude<Exchange, Answered> => {
  const code = codeOf(error);
  if (neverConnected(error)) return { status: 'not_sent', reason: `no connection: ${code ?? 'no reason given'}` };
  const late = code === undefined && error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return { status: 'unknown', reason: late ? `no answer within ${timeoutMs} ms` : `the connection was cut: ${code ?? 'no reason given'}` };
};

type Failure = { code?: unknown; syscall?: unknown; cause?: unknown; errors?: unknown };
const isFailure = (value: unknown): value is Failure => typeof value === 'object' && value !== null;

const causeOf = (error: unknown): unknown => (isFailure(error) && isFailure(error.cause) ? error.cause : error);

const codeOf = (error: unknown): string | undefined => {
  const cause = causeOf(error);
  return isFailure(cause) && typeof cause.code === 'string' ? cause.code : undefined;
};

/** Codes of name look-ups, connects and TLS handshakes, before which nothing of a request is written. */
const beforeSending = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|.*(CERT|SIGNATURE).*)$/;

const neverConnected = (error: unknown): boolean => {
  const cause = causeOf(error);
  if (!isFailure(cause)) return false;
  // Each address of a name was tried.
  if (Array.isArray(cause.errors) && cause.errors.length > 0) return cause.errors.every(neverConnected);
  return cause.syscall === 'connect' || (typeof cause.code === 'string' && beforeSending.test(cause.code));
};
