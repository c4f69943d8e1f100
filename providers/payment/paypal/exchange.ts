import type { PayPalRequest } from './requests.ts';

/** How one HTTP exchange ended. `not_sent`: no connection was made. `unknown`: it was cut off, or took too long, after it may have arrived. */
export type Exchange = { status: 'answered'; http: number; text: string } | { status: 'not_sent'; reason: string } | { status: 'unknown'; reason: string };

/** One request over the wire; the socket is closed when the time is up. Never throws. */
export const exchange = async (baseUrl: string, { path, verb, body, headers }: PayPalRequest, timeoutMs: number): Promise<Exchange> => {
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method: verb,
      headers: { Accept: 'application/json', ...headers },
      body: body === null ? null : encoded(body, headers['Content-Type']),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: 'answered', http: response.status, text: await response.text() };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return { status: 'unknown', reason: `no answer within ${timeoutMs} ms` };
    const code = codeOf(error);
    return neverConnected(error) ? { status: 'not_sent', reason: `no connection: ${code}` } : { status: 'unknown', reason: `the connection was cut: ${code}` };
  }
};

const encoded = (body: unknown, type: string | undefined): string =>
  type === 'application/x-www-form-urlencoded' && typeof body === 'object' && body !== null
    ? new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)])).toString()
    : JSON.stringify(body);

type Failure = { code?: unknown; syscall?: unknown; cause?: unknown; errors?: unknown };
const isFailure = (value: unknown): value is Failure => typeof value === 'object' && value !== null;

const causeOf = (error: unknown): unknown => (isFailure(error) && error.cause !== undefined ? error.cause : error);

const codeOf = (error: unknown): string => {
  const cause = causeOf(error);
  return isFailure(cause) && typeof cause.code === 'string' ? cause.code : 'no reason given';
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
