import { randomUUID } from 'node:crypto';
import { isTombstoned } from './decide.ts';
import { caughtUpFrame, checkpointFrame, confirmationFrame, fellBehindFrame, readEventFrame } from './encode.ts';
import { LINK, type StoredEvent } from './event.ts';
import { streamDeleted } from './failure.ts';
import type { Call } from './grpc.ts';
import { resolved } from './links.ts';
import { headOf, type Store } from './read.ts';
import type { ReadRequest } from './read-request.ts';
import { allSource, type Source, streamSource } from './source.ts';

/** A Read without end: history from the table, then live from memory, and back to the table if the reader falls too far behind. */
export const subscribe = async (store: Store, request: ReadRequest, call: Call): Promise<void> => {
  if (request.source.kind === 'stream') {
    const stream = request.source.name;
    const head = await headOf(store, stream);
    if (isTombstoned(head)) throw streamDeleted(stream);
    call.write(confirmationFrame(randomUUID()));
    const from = request.from === 'start' ? 0 : request.from === 'end' ? Infinity : request.from + 1;
    await follow(store, streamSource(store, stream, from), request, call);
    return;
  }
  call.write(confirmationFrame(randomUUID()));
  const next = request.from === 'start' ? 1 : request.from === 'end' ? store.tail.head() + 1 : request.from + 1;
  await follow(store, allSource(store, next, request.filter), request, call);
};

const follow = async (store: Store, source: Source, request: ReadRequest, call: Call): Promise<void> => {
  const { tail } = store;
  const wake = newWake(tail.onNews, call);
  const checkpoints = newCheckpoints(request, source.done(), call);
  let live = false;
  while (!call.isClosed()) {
    const next = source.done() + 1;
    if (next > tail.head()) {
      if (!live) {
        checkpoints.beforeCaughtUp(tail.head());
        call.write(caughtUpFrame());
      }
      live = true;
      await wake.next(() => source.done() < tail.head());
    } else if (next >= tail.floor() && source.mayJoin()) {
      await sendLive(store, source, request, call, checkpoints);
    } else {
      if (live) call.write(fellBehindFrame());
      live = false;
      const { events, scanned } = await source.page();
      await sendPage(store, events, scanned, request, call, checkpoints);
    }
  }
};

const sendPage = async ({ log }: Store, events: readonly StoredEvent[], scanned: number, request: ReadRequest, call: Call, checkpoints: Checkpoints) => {
  for (const one of await resolved(log, events, request.resolveLinks)) {
    const position = (one.link ?? one.event)?.position ?? 0;
    checkpoints.upTo(position - 1);
    if (!call.write(readEventFrame(one, request.uuids))) await call.drained();
    checkpoints.upTo(position);
  }
  checkpoints.upTo(scanned);
};

const sendLive = async (store: Store, source: Source, request: ReadRequest, call: Call, checkpoints: Checkpoints): Promise<void> => {
  const { tail } = store;
  for (let next = source.done() + 1; next >= tail.floor() && next <= tail.head(); next++) {
    const event = tail.at(next);
    let flowing = true;
    if (source.wants(event)) {
      if (event.type === LINK && request.resolveLinks) {
        for (const one of await resolved(store.log, [event], true)) flowing = call.write(readEventFrame(one, request.uuids));
      } else if (request.uuids === 'string') flowing = call.write(tail.frame(next, plainFrame));
      else flowing = call.write(readEventFrame({ event, link: undefined }, request.uuids));
    }
    source.advance(next);
    checkpoints.upTo(next);
    if (!flowing) await call.drained();
    if (call.isClosed()) return;
  }
};

const plainFrame = (event: StoredEvent): Buffer => readEventFrame({ event, link: undefined }, 'string');

type Checkpoints = { upTo: (position: number) => void; beforeCaughtUp: (position: number) => void };

/** Filtered subscriptions are told how far the scan is: every so many events, matching or not. */
const newCheckpoints = ({ filter, checkpointEvery }: ReadRequest, start: number, call: Call): Checkpoints => {
  if (!filter) return { upTo: () => {}, beforeCaughtUp: () => {} };
  let scanned = start;
  let untilNext = checkpointEvery;
  return {
    upTo: (position) => {
      while (position - scanned >= untilNext) {
        scanned += untilNext;
        untilNext = checkpointEvery;
        call.write(checkpointFrame(scanned));
      }
      untilNext -= position - scanned;
      scanned = position;
    },
    beforeCaughtUp: (position) => void call.write(checkpointFrame(position)),
  };
};

/** Waits for the next push, or the end of the call. */
const newWake = (onNews: (listener: () => void) => () => void, call: Call) => {
  let resolve: (() => void) | undefined;
  const wake = () => {
    const waiting = resolve;
    resolve = undefined;
    waiting?.();
  };
  const stop = onNews(wake);
  call.onClose(() => {
    stop();
    wake();
  });
  return {
    next: (already: () => boolean): Promise<void> =>
      already() || call.isClosed()
        ? Promise.resolve()
        : new Promise((done) => {
            resolve = done;
          }),
  };
};
