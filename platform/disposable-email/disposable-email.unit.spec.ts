import { expect, it } from 'vitest';
import { disposableDomains } from './disposable-email.ts';

it('knows domains that are thrown away, and what is below some of them', async () => {
  const isDisposable = disposableDomains();
  const domains = ['mailinator.com', 'example.com', 'gmail.com', '33mail.com', 'somebody.33mail.com', 'below.example.com', ''];
  expect(await Promise.all(domains.map(isDisposable))).toEqual([true, false, false, true, true, false, false]);
});
