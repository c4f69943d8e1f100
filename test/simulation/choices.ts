/**
 * Everything that chance decides in one schedule, as numbers: from a seed, or from a list. Zero is always the calm choice (no fault, the
 * first in line), so that a list with more zeros in it is a simpler schedule.
 */
export type Choices = {
  /** True with this probability. */
  chance: (probability: number) => boolean;
  /** Below `count`. */
  pick: (count: number) => number;
  /** What was chosen until now. */
  taken: readonly number[];
};

/** Mulberry32: 32 bits of state, the same on every machine. */
export const seeded = (seed: number): Choices => {
  let state = seed >>> 0;
  const taken: number[] = [];
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const take = (value: number): number => {
    taken.push(value);
    return value;
  };
  return {
    chance: (probability) => take(random() < probability ? 1 : 0) === 1,
    pick: (count) => take(Math.floor(random() * count)),
    taken,
  };
};

/** The choices of this list, then calm ones. */
export const scripted = (values: readonly number[]): Choices => {
  const taken: number[] = [];
  const take = (count: number): number => {
    const value = (values[taken.length] ?? 0) % count;
    taken.push(value);
    return value;
  };
  return { chance: () => take(2) === 1, pick: take, taken };
};

/** A simpler list that fails too: parts are left out or made calm, as long as it fails. */
export const simplest = async (values: readonly number[], fails: (values: readonly number[]) => Promise<boolean>): Promise<readonly number[]> => {
  let best = values;
  const attempt = async (candidate: readonly number[]): Promise<boolean> => {
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.length; ) {
      const rest = best.slice(from + size);
      if (await attempt([...best.slice(0, from), ...rest])) continue;
      const part = best.slice(from, from + size);
      if (part.some((value) => value !== 0)) await attempt([...best.slice(0, from), ...part.map(() => 0), ...rest]);
      from += size;
    }
  }
  return best;
};
