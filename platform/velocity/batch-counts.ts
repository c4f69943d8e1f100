import type { VelocityAttempt, VelocityCounts } from './velocity.ts';

/**
 * One row of what was noted before a batch, by key. The windows lie in one another: `part` is the shortest that it is in, counted from 0.
 * `parts`: attempts (`n`) and failures (`m`); `sum`: money (`n`) of the currency `name`; `cards`: different ones by their latest attempt;
 * `card`: that the card `name` is among them; `there`: that the attempt `name` was noted before; `known`: that the card `name` was charged.
 */
export type BaseRow = { kind: 'parts' | 'sum' | 'cards' | 'card' | 'there' | 'known'; key: string; name: string; part: number; n: string; m: string };

type Told = { counts: VelocityCounts[][]; cardKnown: boolean };

/**
 * Counts each attempt of a batch, in its order: what was noted before, and those before it in the batch, which all happen now. Every key is
 * read once for all of them, so that a burst costs no more than one attempt.
 */
export const countBatch = (batch: readonly VelocityAttempt[], rows: readonly BaseRow[], { windows, most }: { windows: number; most: number }): Told[] => {
  const known = new Set(rows.filter(({ kind }) => kind === 'known').map(({ name }) => name));
  const byKey = Map.groupBy(rows, ({ key }) => key);
  const tallies = new Map<string, ReturnType<typeof openTally>>();
  const tallyOf = (key: string) => {
    const tally = tallies.get(key) ?? openTally(byKey.get(key) ?? [], windows);
    tallies.set(key, tally);
    return tally;
  };
  return batch.map((attempt) => ({
    counts: attempt.keys.map((key) => {
      const tally = tallyOf(key);
      tally.add(attempt);
      return Array.from({ length: windows }, (_, window) => tally.counts(window, attempt.currency, most));
    }),
    cardKnown: attempt.card !== null && known.has(attempt.card),
  }));
};

const openTally = (rows: readonly BaseRow[], windows: number) => {
  const of = (kind: BaseRow['kind']) => rows.filter((row) => row.kind === kind);
  const upTo = (window: number, some: readonly BaseRow[], value: 'n' | 'm' = 'n') =>
    some.reduce((sum, row) => (row.part <= window ? sum + Number(row[value]) : sum), 0);
  const [parts, sums, cards] = [of('parts'), of('sum'), of('cards')];
  const noted = new Set(of('there').map(({ name }) => name));
  const partOfCard = new Map(of('card').map(({ name, part }) => [name, part]));
  const added = { attempts: 0, money: new Map<string, number>(), cards: Array.from({ length: windows }, () => 0) };

  return {
    add: ({ id, amount, currency, card }: VelocityAttempt): void => {
      if (noted.has(id)) return;
      noted.add(id);
      added.attempts += 1;
      added.money.set(currency, (added.money.get(currency) ?? 0) + amount);
      if (card === null) return;
      // It counts anew where it wasn't counted yet: in the windows that are shorter than the one it was seen in.
      const part = partOfCard.get(card) ?? windows;
      for (let window = 0; window < part; window += 1) added.cards[window] = (added.cards[window] ?? 0) + 1;
      partOfCard.set(card, 0);
    },
    counts: (window: number, currency: string, most: number): VelocityCounts => ({
      attempts: Math.min(most, upTo(window, parts) + added.attempts),
      failed: upTo(window, parts, 'm'),
      amount:
        upTo(
          window,
          sums.filter(({ name }) => name === currency),
        ) + (added.money.get(currency) ?? 0),
      cards: upTo(window, cards) + (added.cards[window] ?? 0),
    }),
  };
};
