import type pg from 'pg';

/** Lets users of a connection take turns: node-postgres wants one query at a time on each. */
export type InTurn = <T>(use: (client: pg.Client) => Promise<T>) => Promise<T>;

export const inTurn = (client: pg.Client): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return (use) => {
    const result = last.then(() => use(client));
    last = result.catch(() => {});
    return result;
  };
};
