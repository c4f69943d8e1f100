import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderFor, type Ranked, rankedIn } from './order.ts';

const names = (providers: readonly Ranked[], deliveryId: string) => orderFor(providers, deliveryId).map(({ name }) => name);
const ranked = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), weight: fc.option(fc.integer({ min: 1, max: 100 })) }), {
  selector: ({ name }) => name,
});

describe('the order of providers', () => {
  it('is the one that was set, without weights', () => {
    expect(rankedIn('sendgrid, ses')).toEqual([
      { name: 'sendgrid', weight: null },
      { name: 'ses', weight: null },
    ]);
    expect(names(rankedIn('ses,sendgrid,smtp'), randomUUID())).toEqual(['ses', 'sendgrid', 'smtp']);
  });

  it('gives each its share of deliveries, and the last resort none', () => {
    const providers = rankedIn('sendgrid:3,ses:1,smtp');
    const orders = Array.from({ length: 20_000 }, (_, n) => names(providers, `delivery ${n}`));
    const share = orders.filter(([first]) => first === 'sendgrid').length / orders.length;
    expect(share).toBeGreaterThan(0.73);
    expect(share).toBeLessThan(0.77);
    expect(orders.every((order) => order.at(-1) === 'smtp')).toBe(true);
  });

  it('is the same for the same delivery, names each once, and one that is gone changes that of no others', () => {
    fc.assert(
      fc.property(ranked, fc.uuid(), fc.nat(), (providers, id, which) => {
        const order = names(providers, id);
        expect(names(providers, id)).toEqual(order);
        expect(order.toSorted()).toEqual(providers.map(({ name }) => name).toSorted());
        const gone = order[which % Math.max(1, order.length)];
        expect(
          names(
            providers.filter(({ name }) => name !== gone),
            id,
          ),
        ).toEqual(order.filter((name) => name !== gone));
      }),
    );
  });
});
