import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { CallFault, Gateway } from './gateway.ts';
import { readTransaction, type Transaction } from './transaction.ts';

/** In the words of Braintree's advanced search. */
export type Criteria = {
  orderId?: { is: string } | { startsWith: string };
  ids?: readonly string[];
  submittedForSettlementAt?: { min: Date; max: Date };
  voidedAt?: { min: Date; max: Date };
};

const Ids = Type.Object({ searchResults: Type.Object({ pageSize: Type.Integer({ minimum: 1 }), ids: Type.Array(Type.String()) }) });
const Page = Type.Object({ creditCardTransactions: Type.Object({ transaction: Type.Optional(Type.Unknown()) }) });

/** Thrown inside of a call, where it becomes `unknown`. */
const unreadable = (): Error => new Error('an answer of the search that cannot be read');

export type Found = { found: readonly Transaction[] } | CallFault;
export type FoundIds = { ids: readonly string[]; pageSize: number } | CallFault;

/**
 * Braintree searches in two steps: the ids of all that fits, then page after page of those. The SDK's own stream stops for ever where a
 * page is short, and an answer that it can't read ends the process; so the two requests are made here.
 */
export const searchIds = async ({ call, path }: Gateway, criteria: Criteria): Promise<FoundIds> => {
  const called = await call(async (sdk) => {
    const answer = await sdk.http.post(`${path}/transactions/advanced_search_ids`, { search: criteria });
    if (!Value.Check(Ids, answer)) throw unreadable();
    return answer;
  });
  if (!('result' in called)) return called;
  return Value.Check(Ids, called.result) ? called.result.searchResults : { status: 'unknown', reason: unreadable().message };
};

/** The transactions that fit and have these ids: at most a page of them. */
export const readPage = async ({ call, path }: Gateway, criteria: Criteria, ids: readonly string[]): Promise<Found> => {
  const called = await call(async (sdk) => sdk.http.post(`${path}/transactions/advanced_search`, { search: { ...criteria, ids } }));
  if (!('result' in called)) return called;
  if (!Value.Check(Page, called.result)) return { status: 'unknown', reason: unreadable().message };
  const listed = [called.result.creditCardTransactions.transaction ?? []].flat();
  const found = listed.map(readTransaction);
  return found.every((one) => one !== undefined) ? { found } : { status: 'unknown', reason: unreadable().message };
};

/** All that fits, oldest first; meant for a few. */
export const search = async (gateway: Gateway, criteria: Criteria): Promise<Found> => {
  const listed = await searchIds(gateway, criteria);
  if (!('ids' in listed)) return listed;
  const found: Transaction[] = [];
  for (let start = 0; start < listed.ids.length; start += listed.pageSize) {
    const page = await readPage(gateway, criteria, listed.ids.slice(start, start + listed.pageSize));
    if (!('found' in page)) return page;
    found.push(...page.found);
  }
  return { found: found.toSorted((one, other) => Date.parse(one.createdAt ?? '') - Date.parse(other.createdAt ?? '')) };
};

/** One transaction, by Braintree's name for it. */
export const find = async ({ call }: Gateway, id: string): Promise<{ transaction: Transaction } | CallFault> => {
  const called = await call((sdk) => sdk.transaction.find(id));
  if (!('result' in called)) return called;
  const transaction = readTransaction(called.result);
  return transaction ? { transaction } : { status: 'unknown', reason: 'an answer of Braintree that cannot be read' };
};
