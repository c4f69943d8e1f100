import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AppendAnswer } from './append-wire.ts';
import { type AppendCall, batchAppend } from './batch-append.ts';
import { type MessageCall, messagesOf } from './call-messages.ts';
import { collect, each } from './collect.ts';
import type { Delivery } from './event-store.ts';
import { resubscribing } from './resubscribing.ts';
import { retrying } from './retrying.ts';

const appendCall = () => {
  const emitter = new EventEmitter();
  const written: Buffer[] = [];
  const call: AppendCall = Object.assign(emitter, { write: (message: Buffer) => written.push(message) });
  return {
    call,
    written,
    answer: (answer: AppendAnswer) => emitter.emit('data', answer),
    fail: (error: Error) => emitter.emit('error', error),
    end: () => emitter.emit('end'),
  };
};
const correlation = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

describe('the one append call', () => {
  it('gives each append its own answer, in whatever order they come', async () => {
    const { call, answer, written } = appendCall();
    const append = batchAppend({ open: async () => call, timeoutMs: 1_000 });
    const both = [append('a', 'any', []), append('b', 'any', [])];
    await turn();
    expect(written).toHaveLength(2);
    answer({ correlationId: correlation(2), kind: 'wrong_revision' });
    answer({ correlationId: correlation(1), kind: 'appended', revision: 3, position: 9n });
    answer({ correlationId: correlation(7), kind: 'wrong_revision' });
    expect(await Promise.all(both)).toEqual([{ appended: true, revision: 3, position: 9n }, { appended: false }]);
  });

  it('leaves all that wait in doubt when it breaks or ends, and the next append opens another', async () => {
    for (const how of ['fail', 'end'] as const) {
      const calls = [appendCall(), appendCall()];
      let opened = 0;
      const append = batchAppend({ open: async () => calls[opened++]?.call ?? appendCall().call, timeoutMs: 1_000 });
      const both = [append('a', 'any', []), append('b', 'any', [])];
      await turn();
      if (how === 'fail') calls[0]?.fail(new Error('reset'));
      else calls[0]?.end();
      expect(await Promise.all(both)).toEqual([{ ambiguous: expect.any(Error) }, { ambiguous: expect.any(Error) }]);
      const next = append('c', 'any', []);
      await turn();
      calls[1]?.answer({ correlationId: correlation(3), kind: 'appended', revision: 0, position: 0n });
      expect(await next).toMatchObject({ appended: true });
      expect(opened).toBe(2);
    }
  });

  it('doesn’t wait for ever: for an answer, for a connection', async () => {
    const { call, answer } = appendCall();
    const append = batchAppend({ open: async () => call, timeoutMs: 20 });
    expect(await append('a', 'any', [])).toEqual({ ambiguous: expect.objectContaining({ message: expect.stringContaining('no answer') }) });
    answer({ correlationId: correlation(1), kind: 'wrong_revision' });
    const never = batchAppend({ open: () => new Promise(() => {}), timeoutMs: 20 });
    expect(await never('a', 'any', [])).toEqual({ ambiguous: expect.objectContaining({ message: expect.stringContaining('no connection') }) });
    let tries = 0;
    const failing = batchAppend({ open: () => Promise.reject(new Error(`try ${++tries}`)), timeoutMs: 20 });
    expect([await failing('a', 'any', []), await failing('a', 'any', [])]).toMatchObject([
      { ambiguous: { message: 'try 1' } },
      { ambiguous: { message: 'try 2' } },
    ]);
  });

  it('tells what may be tried again from what may not', async () => {
    const { call, answer } = appendCall();
    const append = batchAppend({ open: async () => call, timeoutMs: 1_000 });
    const settled = Promise.allSettled(['a', 'b', 'c'].map((stream) => append(stream, 'any', [])));
    await turn();
    for (const [n, error] of ['Timeout', 'AccessDenied', 'MaximumAppendSizeExceeded'].entries())
      answer({ correlationId: correlation(n + 1), kind: 'failed', error, message: '' });
    expect(await settled).toMatchObject([
      { status: 'fulfilled', value: { ambiguous: { message: 'Timeout: ' } } },
      { status: 'rejected', reason: { code: 'event_store_access_denied' } },
      { status: 'rejected', reason: { code: 'append_too_large' } },
    ]);
  });
});

const messageCall = () => {
  const emitter = new EventEmitter();
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const call: MessageCall<number> = Object.assign(emitter, { pause: note('pause'), resume: note('resume'), cancel: note('cancel'), destroy: note('destroy') });
  return {
    call,
    done,
    give: (...messages: number[]) => messages.map((one) => emitter.emit('data', one)),
    end: () => emitter.emit('end'),
    fail: (error: Error) => emitter.emit('error', error),
  };
};

describe('the messages of a call', () => {
  it('come in order, those received before an error first, and the call is put away', async () => {
    const { call, give, fail, done } = messageCall();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const one of each(messagesOf(call))) seen.push(one);
    })();
    give(1, 2);
    await turn();
    give(3);
    fail(new Error('broken'));
    await expect(reading).rejects.toThrow('broken');
    expect(seen).toEqual([1, 2, 3]);
    expect(done).toEqual(['cancel', 'destroy']);
  });

  it('end with the call, and with the loop that takes them', async () => {
    const one = messageCall();
    const all = collect(each(messagesOf(one.call)));
    one.give(1);
    one.end();
    expect(await all).toEqual([1]);
    const other = messageCall();
    other.give(1, 2);
    const first = (async () => {
      for await (const message of each(messagesOf(other.call))) return message;
      return undefined;
    })();
    other.give(1, 2);
    expect(await first).toBe(1);
    expect(other.done).toContain('cancel');
  });

  it('make the server pause while nobody takes them', async () => {
    const { call, give, done, end } = messageCall();
    const messages = each(messagesOf(call));
    const first = messages.next();
    give(...Array.from({ length: 600 }, (_, n) => n));
    expect((await first).value).toBe(0);
    expect(done).toEqual(['pause']);
    for (let n = 1; n < 600; n++) await messages.next();
    const last = messages.next();
    await turn();
    expect(done).toEqual(['pause', 'resume']);
    end();
    expect((await last).done).toBe(true);
  });

  it('end without an error when told, and with one when nothing comes for too long', async () => {
    const one = messageCall();
    const aborting = new AbortController();
    const all = collect(each(messagesOf(one.call, { signal: aborting.signal })));
    aborting.abort();
    expect(await all).toEqual([]);
    expect(await collect(each(messagesOf(messageCall().call, { signal: aborting.signal })))).toEqual([]);
    await expect(collect(each(messagesOf(messageCall().call, { idleMs: 10, late: () => new Error('nothing came') })))).rejects.toThrow('nothing came');
  });
});

describe('a read that is tried again', () => {
  it('goes on behind the last it gave', async () => {
    let opened = 0;
    const read = retrying<number>({ forMs: 5_000, hopeless: () => undefined }, async function* (last = 0, count = 0) {
      opened++;
      yield [last + 1];
      if (count < 3) throw new Error('broken');
      yield [last + 2, last + 3];
    });
    expect(await collect(each(read))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(opened).toBe(4);
  });

  it('gives up after the time, and at once where trying can’t help', async () => {
    const broken = async function* (): AsyncGenerator<number[]> {
      yield* [];
      throw new Error('down');
    };
    await expect(collect(each(retrying({ forMs: 20, hopeless: () => undefined }, broken)))).rejects.toMatchObject({ code: 'event_store_unavailable' });
    await expect(collect(each(retrying({ forMs: 60_000, hopeless: () => new Error('denied') }, broken)))).rejects.toThrow('denied');
  });
});

describe('a subscription that is started again', () => {
  const checkpoint = (position: bigint): Delivery => ({ kind: 'checkpoint', position });

  it('goes on from what it saw last, and counts its failures from its last success', async () => {
    const ended = new AbortController();
    const [opened, attempts]: [bigint[], number[]] = [[], []];
    let starts = 0;
    const subscription = resubscribing({
      start: async () => {
        if (starts++ === 0) throw new Error('down');
        return 5n;
      },
      open: async function* (after) {
        opened.push(after);
        if (opened.length === 2) return;
        yield checkpoint(after + 1n);
        throw new Error('broken');
      },
      signal: ended.signal,
      onReconnect: (attempt) => attempts.push(attempt),
    });
    const seen: bigint[] = [];
    for await (const delivery of subscription) {
      if (delivery.kind === 'checkpoint') seen.push(delivery.position);
      if (seen.length === 3) ended.abort();
    }
    expect(seen).toEqual([6n, 7n, 8n]);
    expect(opened).toEqual([5n, 6n, 6n, 7n]);
    expect(attempts).toEqual([1, 1, 2, 1]);
  });
});
