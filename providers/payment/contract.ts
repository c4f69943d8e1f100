import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChargeRequest, OperationKind, OperationRequest, PaymentProvider, RetrieveRequest } from './provider.ts';

/** What moved at the provider for a charge and its operations: kind and amount, oldest first. */
export type Moved = readonly { kind: string; amount: number }[];

export type ProviderUnderTest = {
  provider: PaymentProvider;
  moved: (attemptId: string) => Promise<Moved>;
  /** Makes the other side unreachable: the last thing that is asked. */
  breakDown: () => Promise<void>;
  close: () => Promise<void>;
};

/** Which token makes the provider do what; a situation that a provider can't be put in is left out. */
export type Tokens = { success: string; declined: string; requiresAction?: string; lostBefore?: string; lostAfter?: string; errorAfter?: string };

const charge = (token: string, change: Partial<ChargeRequest> = {}): ChargeRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 10_000,
  currency: 'GBP',
  capture: true,
  method: 'card',
  token,
  returnUrl: null,
  ...change,
});

/** Asks for a charge of which only our own reference is known. */
const about = ({ reference, paymentId, currency }: ChargeRequest): RetrieveRequest => ({
  reference,
  paymentId,
  attemptId: reference,
  providerReference: null,
  currency,
});

/** The suite that every payment provider passes. */
export const providerContract = (name: string, tokens: Tokens, open: () => Promise<ProviderUnderTest>): void => {
  describe(`${name} keeps the contract of a payment provider`, () => {
    let subject: ProviderUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());
    const at = () => subject.provider;

    const authorized = async (change: Partial<ChargeRequest> = {}) => {
      const request = charge(tokens.success, { capture: false, ...change });
      const outcome = await at().charge(request);
      if (outcome.status !== 'authorized') throw new Error(`authorized was expected, not ${outcome.status}`);
      const operation = (amount: number, reference: string = randomUUID()): OperationRequest => ({
        reference,
        paymentId: request.paymentId,
        amount,
        currency: request.currency,
        attemptId: request.reference,
        providerReference: outcome.providerReference,
      });
      return { request, operation, providerReference: outcome.providerReference };
    };

    it('charges in one go', async () => {
      const request = charge(tokens.success);
      const outcome = await at().charge(request);
      expect(outcome).toMatchObject({ status: 'captured', amount: 10_000, currency: 'GBP', providerReference: expect.stringMatching(/./) });
      expect(await subject.moved(request.reference)).toEqual([{ kind: 'charge', amount: 10_000 }]);
    });

    it('charges once for one key, and answers the same', async () => {
      const request = charge(tokens.success);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => at().charge(request)));
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
      expect(await at().charge(request)).toEqual(outcomes[0]);
      expect(await subject.moved(request.reference)).toHaveLength(1);
    });

    it('refuses a key that was used for something else', async () => {
      const request = charge(tokens.success);
      await at().charge(request);
      expect((await at().charge({ ...request, amount: 1 })).status).toBe('not_sent');
      expect(await subject.moved(request.reference)).toEqual([{ kind: 'charge', amount: 10_000 }]);
    });

    it('says why it declines, every time', async () => {
      const request = charge(tokens.declined);
      const outcome = await at().charge(request);
      expect(outcome).toMatchObject({ status: 'declined', code: expect.any(String), providerCode: expect.any(String), message: expect.any(String) });
      expect(await at().charge(request)).toEqual(outcome);
      expect(await at().retrieveAttempt(about(request))).toEqual(outcome);
      expect(await subject.moved(request.reference)).toEqual([]);
    });

    it.skipIf(!tokens.requiresAction)('sends the customer to a page where they must act', async () => {
      const request = charge(tokens.requiresAction ?? '');
      const outcome = await at().charge(request);
      expect(outcome).toMatchObject({ status: 'requires_action', action: { type: 'redirect', url: expect.stringMatching(/^https?:/) } });
      if (outcome.status !== 'requires_action') return;
      const released = { ...request, reference: randomUUID(), attemptId: request.reference, providerReference: outcome.providerReference };
      expect((await at().void(released)).status).toBe('succeeded');
      expect(await subject.moved(request.reference)).toEqual([]);
    });

    it('captures an authorization in parts, each once, and never more', async () => {
      const { request, operation } = await authorized();
      const first = operation(4_000);
      expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000, currency: 'GBP' });
      expect(await at().capture(first)).toMatchObject({ status: 'succeeded', amount: 4_000 });
      expect((await at().capture(operation(6_001))).status).toBe('failed');
      expect((await at().capture(operation(6_000))).status).toBe('succeeded');
      expect(await subject.moved(request.reference)).toEqual([
        { kind: 'authorization', amount: 10_000 },
        { kind: 'capture', amount: 4_000 },
        { kind: 'capture', amount: 6_000 },
      ]);
    });

    it('lets one of two captures win that are too much together', async () => {
      const { operation } = await authorized();
      const outcomes = await Promise.all([at().capture(operation(6_000)), at().capture(operation(6_000))]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['failed', 'succeeded']);
    });

    it('makes an operation once, however often the same comes at the same time', async () => {
      const { request, operation } = await authorized();
      const same = operation(2_000);
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => at().capture(same)));
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'succeeded'));
      expect((await subject.moved(request.reference)).filter(({ kind }) => kind === 'capture')).toEqual([{ kind: 'capture', amount: 2_000 }]);
    });

    it('releases what is authorized, and then takes nothing', async () => {
      const { operation } = await authorized();
      expect((await at().void(operation(10_000))).status).toBe('succeeded');
      expect((await at().capture(operation(1))).status).toBe('failed');
      expect((await at().void(operation(10_000))).status).toBe('failed');
    });

    it('refunds in parts, and never more than it captured', async () => {
      const { request, operation } = await authorized();
      expect((await at().refund(operation(1))).status).toBe('failed');
      await at().capture(operation(5_000));
      const first = operation(3_000);
      expect(await at().refund(first)).toMatchObject({ status: 'succeeded', amount: 3_000 });
      expect(await at().refund(first)).toMatchObject({ status: 'succeeded', amount: 3_000 });
      expect((await at().refund(operation(2_001))).status).toBe('failed');
      expect((await subject.moved(request.reference)).filter(({ kind }) => kind === 'refund')).toEqual([{ kind: 'refund', amount: 3_000 }]);
    });

    it.each([['lostAfter'], ['errorAfter']] as const)('does not know after %s, and finds out when it asks', async (situation) => {
      const token = tokens[situation];
      if (!token) return;
      const request = charge(token);
      expect((await at().charge(request)).status).toBe('unknown');
      const retrieved = await at().retrieveAttempt(about(request));
      expect(retrieved).toMatchObject({ status: 'captured', amount: 10_000, currency: 'GBP' });
      expect(await subject.moved(request.reference)).toHaveLength(1);
    });

    it.skipIf(!tokens.lostBefore)('knows that nothing was sent when the connection was refused', async () => {
      const request = charge(tokens.lostBefore ?? '');
      expect((await at().charge(request)).status).toBe('not_sent');
      expect(await at().retrieveAttempt(about(request))).toEqual({
        status: 'not_found',
      });
    });

    it('tells how an operation stands, and that it knows nothing of others', async () => {
      const { request, operation, providerReference } = await authorized();
      const captured = operation(10_000);
      await at().capture(captured);
      const ask = (reference: string, kind: OperationKind) =>
        at().retrieveOperation({ ...about(request), reference, providerReference, kind, operationReference: null });
      expect(await ask(captured.reference, 'capture')).toMatchObject({ status: 'succeeded', amount: 10_000 });
      expect(await ask(randomUUID(), 'refund')).toEqual({ status: 'not_found' });
    });

    it.each([
      ['nothing', {}],
      ['a made-up signature', { 'stripe-signature': 't=1,v1=00', 'sandbox-signature': 't=1,v1=00', bt_signature: 'x' }],
    ])('believes no webhook with %s', async (_, headers) => {
      expect(await at().webhooks.verify(Buffer.from('{}'), headers)).toHaveProperty('invalid');
    });

    it('never throws, even when the other side is gone', async () => {
      const { operation } = await authorized();
      await subject.breakDown();
      const request = charge(tokens.success);
      const asked = about(charge(tokens.success));
      const outcomes = await Promise.all([
        at().charge(request),
        at().capture(operation(1)),
        at().refund(operation(1)),
        at().void(operation(1)),
        at().retrieveAttempt(asked),
        at().retrieveOperation({ ...asked, kind: 'refund', operationReference: null }),
      ]);
      for (const { status } of outcomes) expect(['unknown', 'not_sent']).toContain(status);
    });
  });
};
