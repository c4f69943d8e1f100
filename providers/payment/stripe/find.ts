import type { NotFound, RetrieveRequest } from '../provider.ts';
import type { Client } from './client.ts';
import { everyOne, foundIds, reasonOf } from './lists.ts';
import { type Intent, intentShape, ownedShape } from './shapes.ts';

type Known = { status: 'answered'; answer: Intent } | { status: 'unknown'; reason: string };

/** Stripe's search may be behind by this much when things go badly, in seconds; less than a minute otherwise. */
const searchLag = 3_600;
/** Of a hundred each: more than that in one hour is not looked through. */
const pages = 200;

/** With the charge, for the time until which an authorization holds. */
export const expand = ['latest_charge'];

export const retrieved = async ({ ask }: Client, id: string): Promise<Known> => {
  const said = await ask(intentShape, (stripe) => stripe.paymentIntents.retrieve(id, { expand }));
  return said.status === 'answered' ? said : { status: 'unknown', reason: reasonOf(said) };
};

/**
 * The payment intent of an attempt: by Stripe's own name, where we know it. Else by our reference in its metadata: the search is one
 * call and goes back for ever, but lags; the list never lags, but knows no metadata. So who isn't found is looked for among those of
 * the last hour, one by one, before it is said that there is none. The same create again, with the same idempotency key, would tell
 * too, but makes a charge where there was none.
 */
export const found = async (
  client: Client,
  { attemptId, providerReference }: Pick<RetrieveRequest, 'attemptId' | 'providerReference'>,
): Promise<Known | NotFound> => {
  if (providerReference) return retrieved(client, providerReference);
  try {
    const id = (await searched(client, attemptId)) ?? (await listed(client, attemptId));
    return id === undefined ? { status: 'not_found' } : await retrieved(client, id);
  } catch (error) {
    return { status: 'unknown', reason: `looked for in vain: ${error instanceof Error ? error.message : 'no reason'}` };
  }
};

const searched = async (client: Client, attemptId: string): Promise<string | undefined> => {
  const [id, another] = await foundIds(client, `metadata['attempt_id']:'${attemptId}'`);
  if (another) throw new Error('several payment intents of one attempt');
  return id;
};

const listed = async (client: Client, attemptId: string): Promise<string | undefined> => {
  const created = { gte: Math.floor(Date.now() / 1_000) - searchLag };
  let seen = 0;
  for await (const intent of everyOne(client, (stripe, after) => stripe.paymentIntents.list({ created, limit: 100, ...after }))) {
    if (ownedShape.Check(intent) && intent.metadata?.attempt_id === attemptId) return intent.id;
    seen += 1;
    if (seen >= pages * 100) throw new Error('too many payment intents to look through');
  }
  return undefined;
};
