import { describe, expect, it } from 'vitest';
import { sendOnce } from './once.ts';

type Outcome = { status: 'captured' } | { status: 'not_sent' } | { status: 'unknown' };

/** What is sent and asked for, and how it is answered: by promises that the test settles. */
const calls = () => {
  const sent: ((outcome: Outcome) => void)[] = [];
  const asked: ((answer: Outcome | { status: 'not_found' }) => void)[] = [];
  const pending =
    <T>(list: ((value: T) => void)[]) =>
    () =>
      new Promise<T>((resolve) => list.push(resolve));
  return { sent, asked, make: { send: pending(sent), ask: pending(asked) } };
};

describe('what bears a reference', () => {
  it('is sent once, however often it comes while it is on its way', async () => {
    const once = sendOnce<Outcome>();
    const { sent, make } = calls();
    const all = [once('a', [1], make), once('a', [1], make), once('a', [1], make)];
    sent[0]?.({ status: 'captured' });
    expect(await Promise.all(all)).toEqual([{ status: 'captured' }, { status: 'captured' }, { status: 'captured' }]);
    expect(sent).toHaveLength(1);
  });

  it('is asked for before it is sent again, and not sent where it is found', async () => {
    const once = sendOnce<Outcome>();
    const { sent, asked, make } = calls();
    const first = once('a', [1], make);
    sent[0]?.({ status: 'unknown' });
    await first;
    const second = once('a', [1], make);
    asked[0]?.({ status: 'captured' });
    expect(await second).toEqual({ status: 'captured' });
    expect(sent).toHaveLength(1);
  });

  it('is sent again where there is no record of it', async () => {
    const once = sendOnce<Outcome>();
    const { sent, asked, make } = calls();
    const first = once('a', [1], make);
    sent[0]?.({ status: 'unknown' });
    await first;
    const second = once('a', [1], make);
    asked[0]?.({ status: 'not_found' });
    await new Promise(setImmediate);
    sent[1]?.({ status: 'captured' });
    expect(await second).toEqual({ status: 'captured' });
  });

  it('stays unknown where the question is not answered', async () => {
    const once = sendOnce<Outcome>();
    const { sent, asked, make } = calls();
    const first = once('a', [1], make);
    sent[0]?.({ status: 'unknown' });
    await first;
    const second = once('a', [1], make);
    asked[0]?.({ status: 'unknown' });
    expect(await second).toEqual({ status: 'unknown' });
    expect(sent).toHaveLength(1);
  });

  it('is sent without a question where it certainly was not sent before', async () => {
    const once = sendOnce<Outcome>();
    const { sent, asked, make } = calls();
    const first = once('a', [1], make);
    sent[0]?.({ status: 'not_sent' });
    await first;
    const second = once('a', [1], make);
    sent[1]?.({ status: 'captured' });
    expect(await second).toEqual({ status: 'captured' });
    expect(asked).toHaveLength(0);
  });

  it('is refused for another request', async () => {
    const once = sendOnce<Outcome>();
    const { sent, make } = calls();
    const first = once('a', [1], make);
    expect(await once('a', [2], make)).toEqual({ status: 'reused' });
    sent[0]?.({ status: 'captured' });
    await first;
    expect(sent).toHaveLength(1);
  });
});
