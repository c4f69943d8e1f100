import type { Choices } from './choices.ts';

/** One schedule under way. `calm`: nothing goes wrong any more. Times are milliseconds of a clock of its own. */
export type Run = {
  choices: Choices;
  trace: (text: () => string) => void;
  now: number;
  calm: boolean;
  /** What must not be: a job that fails for ever, what people would have to look at. */
  complaints: string[];
};

/** What is told of every process: whether it lives. */
export type Mortal = { alive: boolean };
/** A process as long as it lives. */
export type Life<P> = Mortal & { process: P };

/** One of them, as chance has it. */
export const oneOf = <T>(items: readonly T[], { choices }: Pick<Run, 'choices'>): T => {
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

/** Once no promise is left that could go on by itself. */
export const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));
