import { createHash } from 'node:crypto';

/** A provider in the order that somebody has set. Without a weight it is asked when those with one could not. */
export type Ranked = { name: string; weight: number | null };

/** `sendgrid,ses` (one after the other) or `sendgrid:3,ses:1` (three of four begin with SendGrid); `smtp` after those: the last resort. */
export const rankedIn = (text: string): readonly Ranked[] =>
  text.split(',').map((part) => {
    const [name = '', weight] = part.trim().split(':');
    return { name, weight: weight === undefined ? null : Number(weight) };
  });

/**
 * Whom to ask first for a delivery, whom then: the same at each try. Weighted rendezvous hashing: each is first for its share of deliveries,
 * and one that is added or taken away changes the order of no others.
 */
export const orderFor = <P extends Ranked>(providers: readonly P[], deliveryId: string): readonly P[] => [
  ...providers
    .flatMap((provider) => (provider.weight === null ? [] : [{ provider, lot: lotOf(deliveryId, provider.name) / provider.weight }]))
    .sort((a, b) => a.lot - b.lot)
    .map(({ provider }) => provider),
  ...providers.filter(({ weight }) => weight === null),
];

/** An exponentially distributed number, always the same for the same two: divided by weights, the least of them is each one's with its share. */
const lotOf = (deliveryId: string, name: string): number => {
  const hash = createHash('sha256').update(`${deliveryId}\n${name}`).digest().readUIntBE(0, 6);
  return -Math.log((hash + 1) / (2 ** 48 + 1));
};
