/** A sealed value: only the key of the person named opens it, and only in the place (`context`) that it was sealed for. */
export type Sealed = { subject: string; box: string };

/** A sealed value where it was found; `content` is what was sealed, if that is at hand. */
export type Box = Sealed & { context: string; content?: unknown };

/** The keys of people: what is sealed under a person's key is gone for good once that person is erased. */
export type PersonalData = {
  /** Makes the person's key where there is none. Undefined for who was erased: nothing is kept of them any more. */
  seal: (subject: string, context: string, value: unknown) => Promise<Sealed | undefined>;
  /** In the order given; undefined for those of the erased. One query for all keys that aren't in memory. Throws on a box that was tampered with. */
  open: (boxes: readonly Box[]) => Promise<readonly unknown[]>;
  /** Deletes the key, for good, and remembers that it was; true if there was one (or nobody knew of this person yet). */
  erase: (subject: string) => Promise<boolean>;
  isErased: (subject: string) => Promise<boolean>;
};
