// Customers of the payment service, in a process of their own: they create payments and have them processed.
import { randomUUID } from 'node:crypto';
import { type Answer, type Client, client } from '../../scripts/demo/client.ts';
import { type Load, type Run, runCallers } from '../harness/callers.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { samplePayment } from '../sample-payment.ts';

const { paymentUrl, apiKey } = settingsOf<{ paymentUrl: string; apiKey: string }>();
const api: Client = client({ baseUrl: paymentUrl, apiKey, connections: 64 });

const answered = ({ status, body }: Answer, expected: number): Record<string, unknown> => {
  if (status !== expected) throw new Error(`answered ${status} instead of ${expected}: ${JSON.stringify(body).slice(0, 400)}`);
  return body;
};

const create = async (customer: string): Promise<string> => String(answered(await api.post('/api/v1/payments', samplePayment(customer), randomUUID()), 201).id);

const charge = async (id: string): Promise<void> => {
  const payment = answered(await api.post(`/api/v1/payments/${id}/process`, { paymentMethod: { type: 'card', token: 'tok_success' } }, randomUUID()), 200);
  if (payment.status !== 'succeeded') throw new Error(`payment ${id} is ${String(payment.status)}, not succeeded`);
};

const methods = {
  /** One payment after the other; what is timed is `process` until its 200. */
  process: async ({ count }: { count: number }): Promise<number[]> => {
    const taken: number[] = [];
    for (let i = 0; i < count; i++) {
      const id = await create(`idle-${i}`);
      const begin = performance.now();
      await charge(id);
      taken.push(performance.now() - begin);
    }
    return taken;
  },
  /** Whole payments, each by a customer of its own. */
  pay: (load: Load): Promise<Run> => runCallers(load, async () => charge(await create(randomUUID()))),
};
export type Shopper = typeof methods;

serve(methods, async () => api.close());
