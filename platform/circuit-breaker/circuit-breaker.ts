import { admit, type CircuitSettings, type CircuitState, closedCircuit, type Permit, settle, stateOf, usualCircuit, type Verdict } from './circuit.ts';

/** What this process has seen of the other side; others may have seen something else. `retryInMs`: until the next call is let through. */
export type Standing = { state: CircuitState; retryInMs: number };

export type CircuitBreaker = {
  standing: () => Standing;
  /** Makes the call if the circuit lets it through. While one call finds out for all, others wait for what it finds. */
  guard: <T>(call: () => Promise<T>, judge: (result: T) => Verdict) => Promise<{ result: T } | { refused: Standing }>;
  /** Makes the call whatever the circuit says, and counts how it ends while it is closed. */
  observe: <T>(call: () => Promise<T>, judge: (result: T) => Verdict) => Promise<T>;
};

export type CircuitBreakerSettings = {
  settings?: CircuitSettings;
  /** How long a call waits for the one that finds out, in milliseconds. */
  patienceMs?: number;
  now?: () => number;
  onChange?: (state: CircuitState, previous: CircuitState) => void;
};

/** Stops calling what fails, and finds out now and then whether it works again. */
export const circuitBreaker = (options: CircuitBreakerSettings = {}): CircuitBreaker => {
  const { settings = usualCircuit, patienceMs = 2_000, now = () => performance.now(), onChange = () => {} } = options;
  let circuit = closedCircuit(settings);
  let shown: CircuitState = 'closed';
  let foundOut = Promise.withResolvers<void>();

  const become = (next: typeof circuit): void => {
    const found = circuit.state === 'probing' && next.state !== 'probing';
    circuit = next;
    const state = stateOf(circuit, now());
    if (state !== shown) {
      const previous = shown;
      shown = state;
      onChange(state, previous);
    }
    if (!found) return;
    foundOut.resolve();
    foundOut = Promise.withResolvers();
  };

  const standing = (): Standing => ({ state: stateOf(circuit, now()), retryInMs: circuit.state === 'open' ? Math.max(0, circuit.until - now()) : 0 });

  const judged = async <T>(permit: Permit, call: () => Promise<T>, judge: (result: T) => Verdict): Promise<T> => {
    let verdict: Verdict = 'failure';
    try {
      const result = await call();
      verdict = judge(result);
      return result;
    } finally {
      become(settle(circuit, permit, verdict, now(), settings));
    }
  };

  /** Undefined where the circuit is open, or nobody has found out in time. */
  const enter = async (): Promise<Permit | undefined> => {
    const until = now() + patienceMs;
    while (true) {
      const admission = admit(circuit, now());
      if ('permit' in admission) {
        become(admission.circuit);
        return admission.permit;
      }
      if (admission.refused === 'open' || now() >= until) return undefined;
      await within(foundOut.promise, until - now());
    }
  };

  return {
    standing,
    guard: async (call, judge) => {
      const permit = await enter();
      return permit ? { result: await judged(permit, call, judge) } : { refused: standing() };
    },
    observe: (call, judge) => (circuit.state === 'closed' ? judged({ epoch: circuit.epoch }, call, judge) : call()),
  };
};

const within = async (promise: Promise<void>, ms: number): Promise<void> => {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, late]);
  clearTimeout(timer);
};
