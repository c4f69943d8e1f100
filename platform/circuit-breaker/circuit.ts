// The rules of a circuit, pure: time arrives with each call. Times are milliseconds on any clock that only goes forward.

/**
 * What a call's end says of the other side; `nothing`: neither that it works nor that it doesn't; `fatal`: that no call will work until
 * somebody has mended something, so one is enough.
 */
export type Verdict = 'success' | 'failure' | 'nothing' | 'fatal';

export type CircuitSettings = {
  /** Over which calls are counted. */
  windowMs: number;
  /** It opens once so many calls in the window have failed, if they are at least this share of them. */
  failures: number;
  share: number;
  /** How long it stays open at first; each probe that fails doubles it, up to the longest. */
  coolDownMs: number;
  longestCoolDownMs: number;
};

export const usualCircuit: CircuitSettings = { windowMs: 60_000, failures: 5, share: 0.5, coolDownMs: 5_000, longestCoolDownMs: 300_000 };

type Bucket = { since: number; failed: number; all: number };

/** `epoch` counts the changes of state: what a call says that began before the last one is old news. */
export type Circuit = { epoch: number; coolDownMs: number } & (
  | { state: 'closed'; buckets: readonly Bucket[] }
  /** Until then nobody is let through; after it, one. */
  | { state: 'open'; until: number }
  | { state: 'probing' }
);

/** Who was let through, and when. */
export type Permit = { epoch: number };

export const closedCircuit = ({ coolDownMs }: CircuitSettings): Circuit => ({ epoch: 0, state: 'closed', coolDownMs, buckets: [] });

export type Admission = { circuit: Circuit; permit: Permit } | { refused: 'open' | 'probing' };

/** Closed: everybody. Open: nobody; cooled down: one, who finds out for all. */
export const admit = (circuit: Circuit, now: number): Admission => {
  switch (circuit.state) {
    case 'closed':
      return { circuit, permit: { epoch: circuit.epoch } };
    case 'probing':
      return { refused: 'probing' };
    case 'open': {
      if (now < circuit.until) return { refused: 'open' };
      const epoch = circuit.epoch + 1;
      return { circuit: { epoch, coolDownMs: circuit.coolDownMs, state: 'probing' }, permit: { epoch } };
    }
  }
};

/** The circuit after a call has ended. */
export const settle = (circuit: Circuit, { epoch }: Permit, verdict: Verdict, now: number, settings: CircuitSettings): Circuit => {
  if (epoch !== circuit.epoch || circuit.state === 'open') return circuit;
  if (circuit.state === 'closed') return settledClosed(circuit, verdict, now, settings);
  switch (verdict) {
    case 'success':
      return { ...closedCircuit(settings), epoch: epoch + 1 };
    case 'failure':
    case 'fatal':
      return opened({ epoch, coolDownMs: Math.min(circuit.coolDownMs * 2, settings.longestCoolDownMs) }, now);
    case 'nothing':
      // Not found out: the next one does.
      return { epoch: epoch + 1, coolDownMs: circuit.coolDownMs, state: 'open', until: now };
  }
};

type Closed = Circuit & { state: 'closed' };

const settledClosed = (circuit: Closed, verdict: Verdict, now: number, settings: CircuitSettings): Circuit => {
  switch (verdict) {
    case 'nothing':
      return circuit;
    case 'fatal':
      return opened({ epoch: circuit.epoch, coolDownMs: settings.coolDownMs }, now);
    case 'success':
    case 'failure':
      return counted(circuit, verdict, now, settings);
  }
};

const bucketsAWindow = 10;

const counted = (circuit: Closed, verdict: 'success' | 'failure', now: number, settings: CircuitSettings): Circuit => {
  const { windowMs, failures, share } = settings;
  const width = windowMs / bucketsAWindow;
  const since = Math.floor(now / width) * width;
  const recent = circuit.buckets.filter((bucket) => bucket.since > now - windowMs);
  const current = recent.find((bucket) => bucket.since === since) ?? { since, failed: 0, all: 0 };
  const updated = { since, failed: current.failed + (verdict === 'failure' ? 1 : 0), all: current.all + 1 };
  const buckets = [...recent.filter((bucket) => bucket.since !== since), updated];
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const all = buckets.reduce((sum, bucket) => sum + bucket.all, 0);
  // A success never opens it.
  const trips = verdict === 'failure' && failed >= failures && failed >= share * all;
  return trips ? opened({ epoch: circuit.epoch, coolDownMs: settings.coolDownMs }, now) : { ...circuit, buckets };
};

const opened = ({ epoch, coolDownMs }: Pick<Circuit, 'epoch' | 'coolDownMs'>, now: number): Circuit => ({
  epoch: epoch + 1,
  coolDownMs,
  state: 'open',
  until: now + coolDownMs,
});

export type CircuitState = 'closed' | 'half_open' | 'open';

/** As it is seen from outside: an open one that has cooled down lets the next call through, so it is half open already. */
export const stateOf = (circuit: Circuit, now: number): CircuitState => {
  switch (circuit.state) {
    case 'closed':
      return 'closed';
    case 'probing':
      return 'half_open';
    case 'open':
      return now < circuit.until ? 'open' : 'half_open';
  }
};
