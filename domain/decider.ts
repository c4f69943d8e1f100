/** What a command came to: the events to append (none, if it was already done), or the reason why not. */
export type Decision<E, R> = { accepted: readonly E[] } | { rejected: R };

/** The rules of one aggregate as a value: pure, total, and free of time, chance and I/O. */
export type Decider<S, C, E, R> = {
  initialState: S;
  /** The same command twice accepts nothing the second time. */
  decide: (command: C, state: S) => Decision<E, R>;
  /** Has no default case: an event that is missing fails the type check. */
  evolve: (state: S, event: E) => S;
};

export const accept = <E>(...events: readonly E[]): { accepted: readonly E[] } => ({ accepted: events });
export const reject = <const R>(rejected: R): { rejected: R } => ({ rejected });

/** The state after these events. */
export const fold = <S, C, E, R>(decider: Decider<S, C, E, R>, events: readonly E[], from: S = decider.initialState): S => events.reduce(decider.evolve, from);
