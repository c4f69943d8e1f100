/**
 * Counts by slot, as text: a slot, its count, and the counts of the slots after it, up to the next that has none: `0:3.3.2,70:1`. It is short
 * and quick to add up: a year of figures is thousands of them. Slots are the storage format: new ones are added at the end of their range,
 * none is ever moved.
 */
export type Tally = string;

/** What is added to a tally: slot and count, in any order. */
export type Additions = readonly (readonly [slot: number, count: number])[];

export const noCounts: Tally = '';

// One for all: nothing waits in between.
const room = 512;
const scratch = new Float64Array(room);

export const added = (tally: Tally, additions: Additions): Tally => {
  scratch.fill(0);
  addTo(scratch, tally);
  for (const [slot, count] of additions) scratch[slot] = (scratch[slot] ?? 0) + count;
  return textOf(scratch);
};

const textOf = (counts: Float64Array): Tally => {
  let text = noCounts;
  let follows = false;
  for (let slot = 0; slot < room; slot += 1) {
    const count = counts[slot] ?? 0;
    if (count !== 0) text += follows ? `.${count}` : `${text && ','}${slot}:${count}`;
    follows = count !== 0;
  }
  return text;
};

const [comma, dot, zero, nine] = [44, 46, 48, 57];

/** Adds a tally to counts by slot: without a call, a text or an array for each, because a year of figures has hundreds of thousands. */
export const addTo = (counts: Float64Array, tally: Tally): void => {
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
  if (tally !== noCounts) counts[slot] = (counts[slot] ?? 0) + number;
};
