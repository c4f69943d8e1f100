import type { Position } from '../event-store/event-store.ts';
import type { Part } from './postgres-commit-sql.ts';

type Stored = Position | undefined;
type Waiting = { part: Part; resolve: (stored: Stored) => void; reject: (error: unknown) => void };
type Write = (parts: readonly Part[]) => Promise<ReadonlyMap<string, Position>>;

/** Parts that come in the same moment are written together; while that is done, the next gather. What fails together is tried one by one. */
export const openCommitGroups = (write: Write): ((part: Part) => Promise<Stored>) => {
  let waiting: readonly Waiting[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = firstOfEach(waiting);
      waiting = waiting.filter((one) => !group.includes(one));
      await writeGroup(write, group);
    }
    running = false;
  };

  return (part) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { part, resolve, reject }];
      if (running) return;
      running = true;
      // Those who were woken by the same event have all come by then.
      setImmediate(run);
    });
};

/** One of each collection, in the order of their names, so that the same collections make the same statement. */
const firstOfEach = (waiting: readonly Waiting[]): readonly Waiting[] =>
  waiting
    .filter((one, index) => waiting.findIndex(({ part }) => part.table.collection === one.part.table.collection) === index)
    .toSorted((a, b) => (a.part.table.collection < b.part.table.collection ? -1 : 1));

const writeGroup = async (write: Write, group: readonly Waiting[]): Promise<void> => {
  try {
    const stored = await write(group.map(({ part }) => part));
    for (const { part, resolve } of group) resolve(stored.get(part.table.collection));
  } catch (error) {
    if (group.length === 1) for (const { reject } of group) reject(error);
    // One of them may be gone, or hold what the database refuses: that must not stop the others.
    else for (const one of group) await writeGroup(write, [one]);
  }
};
