import type { Books } from './books.ts';
import type { Params } from './form.ts';
import type { Json, Metadata } from './objects.ts';

export type Reply = { status: number; body: Json };
export type Route = { method: 'get' | 'post'; template: string; answer: (id: string, params: Params) => Reply };
export type Account = { books: Books; baseUrl: () => string; multicapture: boolean; searchLagSeconds: number };

export const get = (template: string, answer: Route['answer']): Route => ({ method: 'get', template, answer });
export const post = (template: string, answer: Route['answer']): Route => ({ method: 'post', template, answer });

export const ok = (body: Json): Reply => ({ status: 200, body });
export const problem = (status: number, error: Json): Reply => ({ status, body: { error } });
export const invalid = (message: string, more: Json = {}): Reply => problem(400, { type: 'invalid_request_error', message, ...more });
export const missing = (what: string, status = 404): Reply =>
  problem(status, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}`, param: 'id' });

export const metadataOf = ({ metadata }: Params): Metadata =>
  typeof metadata === 'object' && !Array.isArray(metadata) ? Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])) : {};
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const record = (value: unknown): Json => Object(value);

/** Newest first, a page at a time. */
export const listed = (items: Iterable<Json & { id: string; created: number }>, params: Params, url: string): Reply => {
  const { gte = 0, lt = Number.MAX_SAFE_INTEGER } = record(params.created);
  const all = [...items].filter(({ created }) => created >= Number(gte) && created < Number(lt)).reverse();
  const start = all.findIndex(({ id }) => id === params.starting_after) + 1;
  const data = all.slice(start, start + Number(params.limit ?? 10));
  return ok({ object: 'list', url, has_more: start + data.length < all.length, data });
};
