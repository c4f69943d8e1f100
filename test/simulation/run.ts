import type { Choices } from './choices.ts';
import type { Process } from './platform.ts';

/** One schedule under way. `calm`: nothing goes wrong any more. Times are milliseconds of a clock of its own. */
export type Run = {
  choices: Choices;
  trace: (text: () => string) => void;
  now: number;
  calm: boolean;
  /** What must not be: a job that fails for ever, what people would have to look at. */
  complaints: string[];
};

/** A process as long as it lives. */
export type Life = { alive: boolean; process: Process };

export const paymentId = '00000000-0000-4000-8000-000000000001';

/** One of them, as chance has it. */
export const oneOf = <T>(items: readonly T[], { choices }: Run): T => {
  const item = items[choices.pick(items.length)];
  if (item === undefined) throw new Error('there was nothing to choose from');
  return item;
};
/** One of them, taken out. */
export const taken = <T>(items: T[], run: Run): T => {
  const item = oneOf(items, run);
  items.splice(items.indexOf(item), 1);
  return item;
};
