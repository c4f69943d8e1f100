import { expect, it } from 'vitest';
import { about, authorized, captured, charge, listed, type Suite } from './subject.ts';

/** What it can't do, and says so; whether its keys work; what it lists. */
export const limits = (suite: Suite): void => {
  const { tokens, subject } = suite;
  const at = () => subject().provider;
  const asked = { amount: 10_000, currency: 'GBP', method: 'card' as const, token: tokens.success };

  it('takes what it can express', () => expect(at().refuses(asked)).toBeUndefined());

  it.each(tokens.strangers ?? [])('refuses the token %s, which is not its own', async (token) => {
    expect(at().refuses({ ...asked, token })).toEqual(expect.any(String));
    const request = charge(token);
    expect(await at().charge(request)).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await subject().moved(request.reference)).toEqual([]);
  });

  it.each(tokens.inexpressible ?? [])('refuses $amount of $currency, which it cannot take exactly', async (money) => {
    expect(at().refuses({ ...asked, ...money })).toEqual(expect.any(String));
    const request = charge(tokens.success, money);
    expect(await at().charge(request)).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await subject().moved(request.reference)).toEqual([]);
  });

  it('tells of the card behind a token, where it can, and of none behind nothing', async () => {
    const card = await at().cardOf?.(tokens.success);
    expect(await at().cardOf?.(tokens.success)).toEqual(card);
    expect(await at().cardOf?.('')).toBeUndefined();
  });

  it('knows that its keys work', async () => expect(await at().check()).toEqual({ status: 'ok' }));

  it('says that its keys do not, and sends nothing with them', async () => {
    const wrong = await subject().wrongKeys?.();
    if (!wrong) return;
    expect(await wrong.check()).toMatchObject({ status: 'misconfigured', reason: expect.any(String) });
    const request = charge(tokens.success);
    expect(await wrong.charge(request)).toMatchObject({ status: 'not_sent', retriable: false });
    expect(await subject().moved(request.reference)).toEqual([]);
  });

  it.skipIf(tokens.transactions === false)('lists what moved, with our references', async () => {
    const from = new Date(Date.now() - 60_000).toISOString();
    const whole = await captured(suite);
    const back = whole.operation(2_500);
    await at().refund(back);
    const held = await authorized(suite);
    const part = held.operation(4_000);
    await at().capture(part);
    const to = new Date(Date.now() + 60_000).toISOString();
    const all = await listed(at().transactions({ from, to }));
    const of = (reference: string) => all.filter((one) => one.reference === reference);
    const common = { currency: 'GBP', providerReference: expect.stringMatching(/./), at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) };
    expect(of(whole.request.reference)).toEqual([{ ...common, kind: 'capture', reference: whole.request.reference, amount: 10_000 }]);
    expect(of(back.reference)).toEqual([{ ...common, kind: 'refund', reference: back.reference, amount: 2_500 }]);
    expect(of(part.reference)).toEqual([{ ...common, kind: 'capture', reference: part.reference, amount: 4_000 }]);
    expect(of(held.request.reference)).toEqual([]);
    expect(await listed(at().transactions({ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }))).toEqual([]);
  });
};

/** Asked at the very end, because nothing comes after it. */
export const lastThings = (suite: Suite): void => {
  const { tokens, subject } = suite;
  const at = () => subject().provider;

  it('never throws, even when the other side is gone', async () => {
    const { operation } = await authorized(suite);
    await subject().breakDown();
    const request = charge(tokens.success);
    const asked = about(charge(tokens.success));
    const outcomes = await Promise.all([
      at().charge(request),
      at().resume({ ...request, providerReference: 'x' }),
      at().capture(operation(1)),
      at().refund(operation(1)),
      at().void(operation(1)),
      at().retrieveAttempt(asked),
      at().retrieveOperation({ ...asked, kind: 'refund', operationReference: null }),
    ]);
    for (const { status } of outcomes) expect(['unknown', 'not_sent']).toContain(status);
    expect(await at().cardOf?.(tokens.success)).toBeUndefined();
    expect(await at().check()).toMatchObject({ status: 'unreachable', reason: expect.any(String) });
  });
};
