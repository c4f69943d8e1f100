import { createHash } from 'node:crypto';

type Sent<T> = { request: string; flight: Promise<T> | undefined };
type Made<T> = { send: () => Promise<T>; ask: () => Promise<T | { status: 'not_found' }> };

/** How many references a process knows that it has sent. */
const remembered = 10_000;

/**
 * Sends what bears a reference once. Braintree has no idempotency keys for every account, so what this process has sent before is first
 * asked for, and what is on its way is waited for. Between processes it is the worker who asks first. `request`: what tells it from another.
 */
export const sendOnce = <T extends { status: string }>() => {
  const known = new Map<string, Sent<T>>();
  return async (reference: string, request: readonly unknown[], { send, ask }: Made<T>): Promise<T | { status: 'reused' }> => {
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const before = known.get(reference);
    if (before && before.request !== digest) return { status: 'reused' };
    if (before?.flight) return before.flight;
    const flight = before ? askFirst({ send, ask }) : send();
    const entry: Sent<T> = { request: digest, flight };
    known.delete(reference);
    known.set(reference, entry);
    const oldest = known.keys().next();
    if (known.size > remembered && !oldest.done) known.delete(oldest.value);
    const outcome = await flight.finally(() => {
      entry.flight = undefined;
    });
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
