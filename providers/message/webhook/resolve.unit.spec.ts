import { describe, expect, it } from 'vitest';
import { openResolve } from './resolve.ts';

const answering = (four: readonly string[] | Error, six: readonly string[] | Error) => {
  const asked: string[] = [];
  const answer = (of: readonly string[] | Error) => async (name: string) => {
    asked.push(name);
    if (of instanceof Error) throw of;
    return of;
  };
  const resolve = openResolve({ resolve4: answer(four), resolve6: answer(six) });
  return { asked, resolve };
};

describe('the name of a receiver', () => {
  it('is asked for in the DNS, in both families', async () => {
    const { asked, resolve } = answering(['192.0.2.1', '192.0.2.2'], ['2001:db8::1']);
    expect(await resolve('shop.example')).toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '192.0.2.2', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
    expect(asked).toEqual(['shop.example', 'shop.example']);
  });

  it('is known where one family has it, and unknown where none has', async () => {
    const none = new Error('ENODATA');
    expect(await answering(none, ['2001:db8::1']).resolve('shop.example')).toEqual([{ address: '2001:db8::1', family: 6 }]);
    expect(await answering(['192.0.2.1'], none).resolve('shop.example')).toEqual([{ address: '192.0.2.1', family: 4 }]);
    await expect(answering(none, none).resolve('shop.example')).rejects.toBe(none);
  });

  it('that has one label is the system’s to know', async () => {
    const { asked, resolve } = answering(new Error('never asked'), new Error('never asked'));
    expect(await resolve('localhost')).toContainEqual({ address: expect.stringMatching(/^127\.|^::1$/), family: expect.any(Number) });
    expect(asked).toEqual([]);
  });
});
