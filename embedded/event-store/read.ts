import type { Head } from './decide.ts';
import { isTombstoned } from './decide.ts';
import { firstRevisionFrame, lastRevisionFrame, readEventFrame, streamNotFoundFrame } from './encode.ts';
import type { StoredEvent } from './event.ts';
import { code, failure, streamDeleted } from './failure.ts';
import type { Call } from './grpc.ts';
import { baseOf, type Heads, headFrom } from './heads.ts';
import { resolved } from './links.ts';
import type { EventLog } from './log.ts';
import { firstReadable, isSoftDeleted, oldestTicks } from './metadata.ts';
import { newPageSize } from './pages.ts';
import type { From, ReadRequest } from './read-request.ts';
import type { Tail } from './tail.ts';

export type Store = { log: EventLog; heads: Heads; tail: Tail };

/** Where a stream stands. */
export const headOf = async ({ heads }: Store, stream: string): Promise<Head> => {
  const base = baseOf(stream);
  const head = heads.get(base) ?? (await heads.load([base]))(base);
  if (!head) throw new Error(`the head of ${stream} was not found`);
  return headFrom(head, stream);
};

/** A Read that ends: of a stream or of `$all`. */
export const read = async (store: Store, request: ReadRequest, call: Call): Promise<void> => {
  if (request.source.kind === 'stream') await readStream(store, request.source.name, request, call);
  else await readAll(store, request, call);
};

const send = async ({ log }: Store, events: readonly StoredEvent[], { resolveLinks, uuids }: ReadRequest, call: Call): Promise<void> => {
  let flowing = true;
  for (const one of await resolved(log, events, resolveLinks)) flowing = call.write(readEventFrame(one, uuids));
  if (!flowing) await call.drained();
};

const limitOf = ({ count }: ReadRequest): number => (count === 'subscription' ? Infinity : count);

const readStream = async (store: Store, stream: string, request: ReadRequest, call: Call): Promise<void> => {
  const head = await headOf(store, stream);
  if (isTombstoned(head)) throw streamDeleted(stream);
  if (request.count === 0) throw failure(code.unknown, 'Unexpected ReadStreamResult: Error');
  if (head.revision < 0 || isSoftDeleted(head.metadata)) {
    call.write(streamNotFoundFrame(stream));
    return;
  }
  const first = firstReadable(head.metadata, head.revision);
  const sent = await sendStream(store, stream, head, first, request, call);
  if (request.compatibility < 1) return;
  if (sent === 0) call.write(firstRevisionFrame(first));
  call.write(lastRevisionFrame(head.revision));
};

const sendStream = async (store: Store, stream: string, head: Head, first: number, request: ReadRequest, call: Call): Promise<number> => {
  const { direction } = request;
  const oldest = oldestTicks(head.metadata, Date.now());
  const upTo = store.tail.head();
  const page = newPageSize();
  let [from, to] = bounds(request.from, direction, first, head.revision);
  let sent = 0;
  while (from <= to && sent < limitOf(request) && !call.isClosed()) {
    const limit = page.next(oldest > 0 ? Infinity : limitOf(request) - sent);
    const events = await store.log.stream(stream, { from, to, upTo, limit, direction });
    const last = events.at(-1);
    if (!last) break;
    page.seen(events);
    if (direction === 'forwards') from = last.revision + 1;
    else to = last.revision - 1;
    const wanted = events.filter(({ created }) => Number(created) >= oldest).slice(0, limitOf(request) - sent);
    await send(store, wanted, request, call);
    sent += wanted.length;
    if (direction === 'backwards' && wanted.length < events.length) break;
  }
  return sent;
};

/** The inclusive range to read, given its readable part. */
const bounds = (from: From, direction: ReadRequest['direction'], first: number, last: number): [number, number] => {
  if (direction === 'forwards') return [from === 'start' ? first : from === 'end' ? last + 1 : Math.max(first, from), last];
  return [first, from === 'end' ? last : from === 'start' ? Math.min(0, last) : Math.min(from, last)];
};

const readAll = async (store: Store, request: ReadRequest, call: Call): Promise<void> => {
  if (request.count === 0) throw failure(code.unknown, 'Unexpected ReadAllResult: Error');
  const { direction, filter } = request;
  const page = newPageSize();
  let [from, to] = bounds(request.from, direction, 1, store.tail.head());
  if (direction === 'backwards' && request.from === 'start') return;
  let left = limitOf(request);
  while (from <= to && left > 0 && !call.isClosed()) {
    const limit = page.next(filter ? Infinity : left);
    const where = filter?.where;
    const events = await store.log.all({ from, to, limit, direction, ...(where && { where }) });
    const last = events.at(-1);
    if (!last) break;
    page.seen(events);
    if (direction === 'forwards') from = last.position + 1;
    else to = last.position - 1;
    const wanted = (filter ? events.filter(filter.matches) : events).slice(0, left);
    await send(store, wanted, request, call);
    left -= wanted.length;
  }
};
