type Sent<T> = { request: string; flight: Promise<T> | undefined };
type Made<T> = { send: () => Promise<T>; ask: () => Promise<T | { status: 'not_found' }> };

/** How many references a process knows that it has sent. */
const remembered = 10_000;

/**
 * Sends what bears a reference once. Braintree has no idempotency keys of its own for every account, so what this process has sent before
 * is first asked for, and what is on its way is waited for. Between processes it is the worker who asks first. `request` tells one request from another.
 */
export const sendOnce = <T extends { status: string }>() => {
  const known = new Map<string, Sent<T>>();
  return async (reference: string, request: string, { send, ask }: Made<T>): Promise<T | { status: 'reused' }> => {
    const before = known.get(reference);
    if (before && before.request !== request) return { status: 'reused' };
    if (before?.flight) return before.flight;
    const entry: Sent<T> = { request, flight: undefined };
    entry.flight = before ? askFirst({ send, ask }) : send();
    known.delete(reference);
    known.set(reference, entry);
    const oldest = known.keys().next();
    if (known.size > remembered && !oldest.done) known.delete(oldest.value);
    const outcome = await entry.flight;
    entry.flight = undefined;
    // What was certainly not sent needn't be asked for.
    if (!before && outcome.status === 'not_sent') known.delete(reference);
    return outcome;
  };
};

const askFirst = async <T extends { status: string }>({ send, ask }: Made<T>): Promise<T> => {
  const found = await ask();
  return isFound(found) ? found : send();
};

const isFound = <T extends { status: string }>(answer: T | { status: 'not_found' }): answer is T => answer.status !== 'not_found';
