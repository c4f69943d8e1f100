import { type AppendAnswer, writeAppend } from './append-wire.ts';
import { within } from './backoff.ts';
import type { ExpectedRevision, NewEvent } from './event-store.ts';
import { type PassingMap, passingMap } from './passing-map.ts';
import { type Attempt, final } from './sure-append.ts';

/** What is needed of a BatchAppend call: encoded requests go in, decoded answers come as `data`. */
export type AppendCall = {
  on(event: 'data', listener: (answer: AppendAnswer) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  write(message: Buffer): unknown;
};

export type BatchAppendSettings = {
  open: () => Promise<AppendCall>;
  /** One append. Milliseconds. */
  timeoutMs: number;
};

type Waiting = { settle: (attempt: Attempt) => void; fail: (error: Error) => void; deadline: number };
type Call = { duplex: AppendCall; waiting: PassingMap<Waiting>; timer: NodeJS.Timeout | undefined; over: boolean };

/**
 * One long-lived BatchAppend call for all appends of the process. The official client's own keeps its promises in one place for all
 * connections: an error on one confuses the others, and an answer that comes after it throws where nobody can catch it (KurrentDB-Client-NodeJS
 * #505, #523). Here they belong to their call, and end with it.
 */
export const batchAppend = ({ open, timeoutMs }: BatchAppendSettings) => {
  let call: Call | undefined;
  let opening: Promise<Call> | undefined;
  let count = 0;

  const connect = async (): Promise<Call> => {
    try {
      call = listen(await within(open(), timeoutMs, () => new Error(`no connection to the event store within ${timeoutMs} ms`)));
      return call;
    } finally {
      opening = undefined;
    }
  };
  const connected = (): Promise<Call> => {
    opening ??= connect();
    return opening;
  };

  return async (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Attempt> => {
    const deadline = Date.now() + timeoutMs;
    const correlationId = `00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`;
    const message = writeAppend({ correlationId, stream, expected, deadline: new Date(deadline), events });
    let on: Call;
    try {
      on = call && !call.over ? call : await connected();
    } catch (error) {
      return { ambiguous: error };
    }
    return new Promise<Attempt>((settle, fail) => {
      on.waiting.set(correlationId, { settle, fail, deadline });
      on.timer ??= setTimeout(expire, timeoutMs, on);
      on.duplex.write(message);
    });
  };
};

const listen = (duplex: AppendCall): Call => {
  const call: Call = { duplex, waiting: passingMap(), timer: undefined, over: false };
  const over = (cause: unknown) => {
    call.over = true;
    clearTimeout(call.timer);
    for (const [, { settle }] of call.waiting.entries()) settle({ ambiguous: cause });
    call.waiting.clear();
  };
  duplex.on('data', (answer) => {
    const waiting = call.waiting.get(answer.correlationId);
    // None: it came after its time-out.
    if (!waiting) return;
    call.waiting.delete(answer.correlationId);
    settleWith(waiting, answer);
  });
  duplex.on('error', over);
  duplex.on('end', () => over(new Error('the event store ended the append call')));
  duplex.on('close', () => over(new Error('the append call was closed')));
  return call;
};

// One timer for all: they wait equally long, so the first that was asked is the first to be late.
const expire = (call: Call): void => {
  call.timer = undefined;
  const now = Date.now();
  for (const [id, { settle, deadline }] of call.waiting.entries()) {
    if (deadline > now) {
      call.timer = setTimeout(expire, deadline - now, call);
      return;
    }
    call.waiting.delete(id);
    settle({ ambiguous: new Error('no answer from the event store in time') });
  }
};

const settleWith = ({ settle, fail }: Waiting, answer: AppendAnswer): void => {
  switch (answer.kind) {
    case 'appended':
      settle({ appended: true, revision: answer.revision, position: answer.position });
      return;
    case 'wrong_revision':
      settle({ appended: false });
      return;
    case 'failed': {
      const code = permanent[answer.error];
      if (code) fail(final(`the event store refused the append: ${answer.message || answer.error}`, code));
      else settle({ ambiguous: new Error(`${answer.error}: ${answer.message}`) });
    }
  }
};

// Names of streams.proto's errors that no repetition can help.
const permanent: Readonly<Record<string, string>> = {
  AccessDenied: 'event_store_access_denied',
  StreamDeleted: 'stream_deleted',
  MaximumAppendSizeExceeded: 'append_too_large',
  BadRequest: 'append_invalid',
};
