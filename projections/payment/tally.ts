/**
 * Counts by slot, as text: a slot, its count, and the counts of the slots after it, up to the next that has none: `0:3.3.2,70:1`. It is short
 * and quick to add up: a year of figures is thousands of them. Slots are the storage format: new ones are added at the end of their range,
 * none is ever moved.
 */
export type Tally = string;

/** What is added to a tally: slot and count, in any order. */
export type Additions = readonly (readonly [slot: number, count: number])[];

export const noCounts: Tally = '';

export const added = (tally: Tally, additions: Additions): Tally => {
  const counts = new Map(countsIn(tally));
  for (const [slot, count] of additions) counts.set(slot, (counts.get(slot) ?? 0) + count);
  const slots = [...counts.keys()].filter((slot) => counts.get(slot) !== 0).sort((one, other) => one - other);
  let text = noCounts;
  for (const [index, slot] of slots.entries()) {
    const follows = index > 0 && slots[index - 1] === slot - 1;
    text += follows ? `.${counts.get(slot)}` : `${index > 0 ? ',' : ''}${slot}:${counts.get(slot)}`;
  }
  return text;
};

/** Slot and count, one after the other. */
export const countsIn = (tally: Tally): readonly (readonly [slot: number, count: number])[] =>
  tally === noCounts
    ? []
    : tally.split(',').flatMap((run) => {
        const [first = '', counts = ''] = run.split(':');
        return counts.split('.').map((count, index) => [Number(first) + index, Number(count)] as const);
      });

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
