import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { OperationKind } from '../provider.ts';
import { about, authorized, captured, type Suite } from './subject.ts';

export const operations = (suite: Suite): void => {
  const { subject } = suite;
  const at = () => subject().provider;

  it('captures an authorization in parts, each once, and never more', async (context) => {
    context.skip(at().abilities.captures === 'one', 'one capture ends its authorizations');
    const { request, operation } = await authorized(suite);
    const first = operation(4_000);
    expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000, currency: 'GBP' });
    expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000 });
    expect((await at().capture(operation(6_001))).status).toBe('failed');
    expect((await at().capture(operation(6_000))).status).toBe('succeeded');
    expect(await subject().moved(request.reference)).toEqual([
      { kind: 'authorization', amount: 10_000 },
      { kind: 'capture', amount: 4_000 },
      { kind: 'capture', amount: 6_000 },
    ]);
  });

  it('captures a part of an authorization, and releases the rest', async (context) => {
    context.skip(at().abilities.captures === 'many', 'what is left may be captured later');
    const { request, operation } = await authorized(suite);
    const first = { ...operation(4_000), final: true };
    expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000, currency: 'GBP' });
    expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000 });
    expect((await at().capture(operation(6_000))).status).toBe('failed');
    expect(await subject().moved(request.reference)).toEqual([
      { kind: 'authorization', amount: 10_000 },
      { kind: 'capture', amount: 4_000 },
    ]);
  });

  it('never captures more than was authorized', async () => {
    const { request, operation } = await authorized(suite);
    expect((await at().capture(operation(10_001))).status).toBe('failed');
    expect(await subject().moved(request.reference)).toEqual([{ kind: 'authorization', amount: 10_000 }]);
  });

  it('lets one of two captures win that are too much together', async () => {
    const { operation } = await authorized(suite);
    const outcomes = await Promise.all([at().capture(operation(6_000)), at().capture(operation(6_000))]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['failed', 'succeeded']);
  });

  it('makes an operation once, however often the same comes at the same time', async () => {
    const { request, operation } = await authorized(suite);
    const same = operation(2_000);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => at().capture(same)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'succeeded'));
    expect((await subject().moved(request.reference)).filter(({ kind }) => kind === 'capture')).toEqual([{ kind: 'capture', amount: 2_000 }]);
  });

  it('releases what is authorized, and then takes nothing', async () => {
    const { request, operation } = await authorized(suite);
    const released = operation(10_000);
    expect((await at().void(released)).status).toBe('succeeded');
    expect((await at().void(released)).status).toBe('succeeded');
    expect((await at().capture(operation(1))).status).toBe('failed');
    expect((await at().void(operation(10_000))).status).toBe('failed');
    expect((await subject().moved(request.reference)).filter(({ kind }) => kind === 'capture')).toEqual([]);
  });

  it('refunds in parts, and never more than it captured', async () => {
    const { request, operation } = await authorized(suite);
    expect((await at().refund(operation(1))).status).toBe('failed');
    await at().capture(operation(5_000));
    const first = operation(3_000);
    expect(await at().refund(first)).toMatchObject({ status: 'succeeded', amount: 3_000 });
    expect(await at().refund(first)).toMatchObject({ status: 'succeeded', amount: 3_000 });
    expect((await at().refund(operation(2_001))).status).toBe('failed');
    expect((await subject().moved(request.reference)).filter(({ kind }) => kind === 'refund')).toEqual([{ kind: 'refund', amount: 3_000 }]);
  });

  it('lets one of two refunds win that are too much together', async () => {
    const { request, operation } = await captured(suite);
    const outcomes = await Promise.all([at().refund(operation(6_000)), at().refund(operation(6_000))]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['failed', 'succeeded']);
    expect((await subject().moved(request.reference)).filter(({ kind }) => kind === 'refund')).toHaveLength(1);
  });

  it('tells how an operation stands, and that it knows nothing of others', async () => {
    const { request, operation, providerReference } = await authorized(suite);
    const ask = (reference: string, kind: OperationKind, operationReference: string | null = null) =>
      at().retrieveOperation({ ...about(request), reference, providerReference, kind, operationReference });
    const made = operation(10_000);
    expect(await ask(made.reference, 'capture')).toEqual({ status: 'not_found' });
    await at().capture(made);
    expect(await ask(made.reference, 'capture')).toMatchObject({ status: 'succeeded', amount: 10_000, currency: 'GBP' });
    expect(await ask(randomUUID(), 'capture')).toEqual({ status: 'not_found' });
    const back = operation(1_000);
    const refunded = await at().refund(back);
    expect(await ask(back.reference, 'refund')).toEqual(refunded);
    expect(await ask(back.reference, 'refund', 'providerReference' in refunded ? refunded.providerReference : null)).toEqual(refunded);
    expect(await ask(randomUUID(), 'refund')).toEqual({ status: 'not_found' });
  });

  it('tells whether an authorization was released', async () => {
    const { request, operation, providerReference } = await authorized(suite);
    const released = operation(10_000);
    const ask = () => at().retrieveOperation({ ...about(request), reference: released.reference, providerReference, kind: 'void', operationReference: null });
    expect(await ask()).toEqual({ status: 'not_found' });
    await at().void(released);
    expect(await ask()).toMatchObject({ status: 'succeeded', amount: 10_000 });
  });
};
