const keyName = 'console-key';
let links;
/** How far the last write at a service has come: later reads there wait until they show it. */
const written = new Map();

export const key = () => sessionStorage.getItem(keyName) ?? undefined;
export const remember = (value) => sessionStorage.setItem(keyName, value);
export const forget = () => {
  sessionStorage.removeItem(keyName);
  written.clear();
};

/** The base URL of `payment` or `notification`: this page's own server names them both. */
export const baseOf = async (service) => {
  links ??= fetch('/').then((answer) => answer.json());
  try {
    const root = await links;
    if (root.service === service) return location.origin;
    const base = root.links[service];
    if (base) return base.replace(/\/$/, '');
  } catch {
    links = undefined;
    throw new Error('This server does not answer. Is it running?');
  }
  throw new Error(`This server does not know where the ${service} service is.`);
};

/**
 * What the API answers, or an error with its `detail`, `status`, `code`, `errors` and `traceId`. With an `idempotencyKey`, the same call again is
 * still the same command.
 */
export const ask = async (service, path, { method = 'GET', body, signal, credential = key(), idempotencyKey } = {}) => {
  const base = await baseOf(service);
  const after = method === 'GET' ? written.get(service) : undefined;
  const answer = await fetch(`${base}${path}`, {
    method,
    signal,
    headers: {
      authorization: `Bearer ${credential}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
      ...(after && { 'x-after-position': after }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Error(`The ${service} service at ${base} does not answer. Is it running?`);
  });
  const content = await answer.json().catch(() => ({}));
  if (method !== 'GET') noteWrite(service, answer);
  if (answer.ok) return content;
  throw Object.assign(new Error(content.detail ?? `The ${service} service answered ${answer.status}.`), {
    status: answer.status,
    code: content.code,
    errors: content.errors ?? [],
    traceId: content.traceId,
    payment: content.payment,
  });
};

const noteWrite = (service, { headers }) => {
  const position = headers.get('x-position');
  if (position) written.set(service, position);
  window.dispatchEvent(new Event('console-written'));
};

export const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};
