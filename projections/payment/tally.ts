/**
 * Counts by slot, as text: `0:3,7:19996,130:2`. Slots without a count are left out, and the text is short and quick to add up: a year of
 * figures is thousands of them. Slots are the storage format: new ones are added at the end of their range, none is ever moved.
 */
export type Tally = string;

/** What is added to a tally: slot and count, in any order. */
export type Additions = readonly (readonly [slot: number, count: number])[];

export const noCounts: Tally = '';

export const added = (tally: Tally, additions: Additions): Tally => {
  const counts = new Map<number, number>();
  eachCount(tally, (slot, count) => counts.set(slot, count));
  for (const [slot, count] of additions) counts.set(slot, (counts.get(slot) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .sort(([a], [b]) => a - b)
    .map(([slot, count]) => `${slot}:${count}`)
    .join();
};

const [comma, zero, nine] = [44, 48, 57];

/** Slot and count, one after the other, without a text or an array for each. */
export const eachCount = (tally: Tally, take: (slot: number, count: number) => void): void => {
  let [slot, number] = [0, 0];
  for (let index = 0; index < tally.length; index += 1) {
    const code = tally.charCodeAt(index);
    if (code >= zero && code <= nine) number = number * 10 + (code - zero);
    else {
      if (code === comma) take(slot, number);
      else slot = number;
      number = 0;
    }
  }
  if (tally !== noCounts) take(slot, number);
};
