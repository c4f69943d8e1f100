import { afterAll, beforeAll, describe } from 'vitest';
import { charges } from './contract/charges.ts';
import { faults } from './contract/faults.ts';
import { lastThings, limits } from './contract/limits.ts';
import { operations } from './contract/operations.ts';
import type { ProviderUnderTest, Tokens } from './contract/subject.ts';
import { webhooks } from './contract/webhooks.ts';

export type { Charged, Delivery, Fault, Moved, News, ProviderUnderTest, Tokens } from './contract/subject.ts';

/** The suite that every payment provider passes. */
export const providerContract = (name: string, tokens: Tokens, open: () => Promise<ProviderUnderTest>): void => {
  describe(`${name} keeps the contract of a payment provider`, () => {
    let opened: ProviderUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const suite = { tokens, subject: () => opened };

    charges(suite);
    operations(suite);
    faults(suite);
    limits(suite);
    webhooks(suite);
    lastThings(suite);
  });
};
