import { type FakePayPal, openFakePayPal } from '../../../providers/payment/paypal/fake-paypal/fake-paypal.ts';
import { routesOf } from '../../../providers/payment/paypal/fake-paypal/routes.ts';
import { transmission } from '../../../providers/payment/paypal/fake-paypal/webhooks.ts';
import { openPayPal, type PayPalSettings } from '../../../providers/payment/paypal/paypal.ts';
import { certificate } from '../certificates.ts';
import { faultsOfExchange, prepare } from './specification.ts';

const authority = certificate({ name: 'A root of this test', authority: true });
const between = certificate({ name: 'An authority of this test', issuer: authority, authority: true });
const signer = certificate({ name: 'messageverificationcerts.paypal.com', issuer: between });
export const chain = { authority, between, signer };

export const keys = { clientId: 'client-of-this-test', clientSecret: 'secret-of-this-test', webhookId: '5GP028458E2496506' };

/** A fake PayPal, and the adapter that speaks to it. `faults`: what was said that PayPal's own description doesn't have. */
export const openPayPalHouse = async (settings: Partial<PayPalSettings> = {}, pem = `${signer.pem}${between.pem}`) => {
  prepare(routesOf(() => ({ pageSize: 1, most: 1 })));
  const faults: string[] = [];
  const fake: FakePayPal = await openFakePayPal({ ...keys, certificate: pem, check: (exchange) => faults.push(...faultsOfExchange(exchange)) });
  const all = { ...keys, baseUrl: fake.url, timeoutMs: 1_500, certificateOrigins: [fake.url], certificateRoots: [authority.pem], ...settings };
  const certificateUrl = `${fake.url}/v1/notifications/certs/CERT-1`;
  return {
    fake,
    faults,
    provider: await openPayPal(all),
    open: (change: Partial<PayPalSettings>) => openPayPal({ ...all, ...change }),
    certificateUrl,
    /** As PayPal sends it, unless signed with another key or sent at another time. */
    sent: (event: object, { key = signer.key, at = new Date() } = {}) => transmission(event, { key, webhookId: keys.webhookId, certificateUrl }, at),
  };
};
export type PayPalHouse = Awaited<ReturnType<typeof openPayPalHouse>>;
