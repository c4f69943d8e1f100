import type Stripe from 'stripe';
import type { Answer } from './calls.ts';
import type { Client } from './client.ts';
import { type Listed, pageShape, searchShape } from './shapes.ts';

type After = { starting_after?: string };

/** All of a list of Stripe's, newest first, page by page. Throws where it can't be had whole: that something isn't in it may decide over money. */
export async function* everyOne({ ask }: Client, page: (stripe: Stripe, after: After) => Promise<unknown>): AsyncGenerator<Listed> {
  let after: After = {};
  for (;;) {
    const { data, has_more } = answered(await ask(pageShape, (stripe) => page(stripe, after)));
    yield* data;
    const last = data.at(-1);
    if (!has_more) return;
    if (!last) throw new Error('a page of Stripe has more behind it, and nothing on it');
    after = { starting_after: last.id };
  }
}

/** Of what the search finds, the first two ids. Throws where it can't be asked. */
export const foundIds = async ({ ask }: Client, query: string): Promise<readonly string[]> =>
  answered(await ask(searchShape, (stripe) => stripe.paymentIntents.search({ query, limit: 2 }))).data.map(({ id }) => id);

const answered = <T>(said: Answer<T>): T => {
  if (said.status === 'answered') return said.answer;
  throw new Error(reasonOf(said));
};

export const reasonOf = (failure: { reason: string } | { message: string }): string => ('reason' in failure ? failure.reason : failure.message);
