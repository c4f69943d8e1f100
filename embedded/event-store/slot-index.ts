// Which slots of a ring may hold an event with this id. Made of numbers: a Map with such a turnover outgrows one table after the other, and V8
// links them, so that one in the old generation keeps those after it alive, with all the events in them, until the next full garbage collection.

export type SlotIndex = {
  readonly add: (id: string, slot: number) => void;
  readonly remove: (id: string, slot: number) => void;
  /** All that hold it, and some that don't. */
  readonly mayHold: (id: string) => Iterable<number>;
};

const NONE = -1;

/** For slots from 0 to `capacity` - 1, each with one id at a time. */
export const newSlotIndex = (capacity: number): SlotIndex => {
  // Chained hashing: the first slot of each bucket, and the next one of the same bucket for each slot.
  const first = new Int32Array(capacity).fill(NONE);
  const next = new Int32Array(capacity).fill(NONE);
  const bucketOf = (id: string): number => {
    let hash = 0;
    for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
    return (hash >>> 0) % capacity;
  };
  const at = (slots: Int32Array, index: number): number => slots[index] ?? NONE;
  return {
    add: (id, slot) => {
      const bucket = bucketOf(id);
      next[slot] = at(first, bucket);
      first[bucket] = slot;
    },
    remove: (id, slot) => {
      const bucket = bucketOf(id);
      if (first[bucket] === slot) {
        first[bucket] = at(next, slot);
        return;
      }
      let before = at(first, bucket);
      while (before !== NONE && next[before] !== slot) before = at(next, before);
      if (before !== NONE) next[before] = at(next, slot);
    },
    mayHold: function* (id) {
      for (let slot = at(first, bucketOf(id)); slot !== NONE; slot = at(next, slot)) yield slot;
    },
  };
};
