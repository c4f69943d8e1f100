/**
 * Counts by slot, as text: a slot, its count, and the counts of the slots after it, up to the next that has none: `0:3.3.2,70:1`. It is short
 * and quick to add up: a year of figures is thousands of them. Slots are the storage format: new ones are added at the end of their range,
 * none is ever moved.
 */
export type Tally = string;

/** What is added to a tally: slot and count, in any order. */
export type Additions = readonly (readonly [slot: number, count: number])[];

export const noCounts: Tally = '';

// One for all, as nothing waits in between; all zeros again after each use.
const scratch = new Float64Array(512);

export const added = (tally: Tally, additions: Additions): Tally => {
  let end = addTo(scratch, tally);
  for (const [slot, count] of additions) {
    scratch[slot] = (scratch[slot] ?? 0) + count;
    if (slot >= end) end = slot + 1;
  }
  const text = textOf(scratch, end);
  scratch.fill(0, 0, end);
  return text;
};

const textOf = (counts: Float64Array, end: number): Tally => {
  let text = noCounts;
  let follows = false;
  for (let slot = 0; slot < end; slot += 1) {
    const count = counts[slot] ?? 0;
    if (count !== 0) text += follows ? `.${count}` : `${text && ','}${slot}:${count}`;
    follows = count !== 0;
  }
  return text;
};

const [comma, dot, zero, nine] = [44, 46, 48, 57];

/**
 * Adds a tally to counts by slot: without a call, a text or an array for each, because a year of figures has hundreds of thousands. Returns the
 * slot after its last.
 */
export const addTo = (counts: Float64Array, tally: Tally): number => {
  let [slot, number] = [0, 0];
  for (let index = 0; index < tally.length; index += 1) {
    const code = tally.charCodeAt(index);
    if (code >= zero && code <= nine) number = number * 10 + (code - zero);
    else {
      if (code === comma || code === dot) counts[slot] = (counts[slot] ?? 0) + number;
      slot = code === dot ? slot + 1 : number;
      number = 0;
    }
  }
  if (tally === noCounts) return 0;
  counts[slot] = (counts[slot] ?? 0) + number;
  return slot + 1;
};
