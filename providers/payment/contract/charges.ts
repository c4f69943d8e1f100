import { describe, expect, it } from 'vitest';
import { type DeclineKind, declineKinds } from '../../../domain/payment/outcome.ts';
import type { ChargeRequest } from '../provider.ts';
import { about, charge, operationOn, type Suite } from './subject.ts';

export const charges = ({ tokens, subject }: Suite): void => {
  const at = () => subject().provider;

  it('charges in one go', async () => {
    const request = charge(tokens.success);
    const outcome = await at().charge(request);
    expect(outcome).toMatchObject({ status: 'captured', amount: 10_000, currency: 'GBP', providerReference: expect.stringMatching(/./) });
    expect(await at().retrieveAttempt(about(request))).toEqual(outcome);
    expect(await subject().moved(request.reference)).toEqual([{ kind: 'charge', amount: 10_000 }]);
  });

  it('charges once for one key, and answers the same', async () => {
    const request = charge(tokens.success);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => at().charge(request)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await at().charge(request)).toEqual(outcomes[0]);
    expect(await subject().moved(request.reference)).toHaveLength(1);
  });

  it('refuses a key that was used for something else', async () => {
    const request = charge(tokens.success);
    await at().charge(request);
    expect((await at().charge({ ...request, amount: 1 })).status).toBe('not_sent');
    expect(await subject().moved(request.reference)).toEqual([{ kind: 'charge', amount: 10_000 }]);
  });

  it('says why it declines, every time', async () => {
    const request = charge(tokens.declined);
    const outcome = await at().charge(request);
    expect(outcome).toMatchObject({ status: 'declined', code: expect.any(String), providerCode: expect.any(String), message: expect.any(String) });
    expect(await at().charge(request)).toEqual(outcome);
    expect(await at().retrieveAttempt(about(request))).toEqual(outcome);
    expect(await subject().moved(request.reference)).toEqual([]);
  });

  it.each<[DeclineKind, string | undefined]>([
    ['soft', tokens.softDecline],
    ['hard', tokens.hardDecline],
  ])('tells a %s decline from the other kind', async (kind, token) => {
    if (!token) return;
    const outcome = await at().charge(charge(token));
    expect(outcome.status === 'declined' && declineKinds[outcome.code]).toBe(kind);
  });

  describe.skipIf(!tokens.requiresAction)('where the customer must act', () => {
    const waiting = async (change: Partial<ChargeRequest> = {}) => {
      const request = charge(tokens.requiresAction ?? '', change);
      const outcome = await at().charge(request);
      expect(outcome).toMatchObject({ status: 'requires_action', action: { type: 'redirect', url: expect.stringMatching(/^https?:/) } });
      const providerReference = outcome.status === 'requires_action' ? outcome.providerReference : '';
      return { request, outcome, providerReference };
    };

    it('sends them to a page, and takes nothing if it is called off', async () => {
      const { request, providerReference } = await waiting();
      expect((await at().void(operationOn({ request, providerReference })(10_000))).status).toBe('succeeded');
      expect(await subject().moved(request.reference)).toEqual([]);
    });

    it('still waits where they come back and have not acted', async () => {
      const { request, outcome, providerReference } = await waiting();
      expect(await at().resume({ ...request, providerReference })).toEqual(outcome);
      expect(await at().retrieveAttempt({ ...about(request), providerReference })).toEqual(outcome);
    });

    it.each([
      ['captures', true, 'captured', 'charge'],
      ['authorizes', false, 'authorized', 'authorization'],
    ])('%s what they have approved, once', async (_, capture, status, kind) => {
      const { decide } = subject();
      if (!decide) return;
      const { request, providerReference } = await waiting({ capture });
      await decide({ request, providerReference }, true);
      const resume = () => at().resume({ ...request, providerReference });
      expect(await resume()).toMatchObject({ status, amount: 10_000, currency: 'GBP', providerReference });
      expect(await resume()).toMatchObject({ status, amount: 10_000 });
      expect(await at().retrieveAttempt(about(request))).toMatchObject({ status, amount: 10_000 });
      expect(await subject().moved(request.reference)).toEqual([{ kind, amount: 10_000 }]);
    });

    it('takes nothing that they have refused', async () => {
      const { decide } = subject();
      if (!decide) return;
      const { request, providerReference } = await waiting();
      await decide({ request, providerReference }, false);
      expect(await at().resume({ ...request, providerReference })).toMatchObject({ status: 'declined' });
      expect(await subject().moved(request.reference)).toEqual([]);
    });
  });
};
