import { readFileSync } from 'node:fs';

// The objects that the fake knows, made from Stripe's own examples.

export type Json = Record<string, unknown>;
export type Metadata = Record<string, string>;

export type Intent = Json & {
  id: string;
  object: 'payment_intent';
  status: string;
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  capture_method: string;
  created: number;
  metadata: Metadata;
  payment_method: string | null;
  latest_charge: string | null;
  return_url: string | null;
};
export type Charge = Json & {
  id: string;
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  created: number;
  payment_intent: string;
  metadata: Metadata;
};
export type Refund = Json & { id: string; status: string; amount: number; currency: string; payment_intent: string; created: number; metadata: Metadata };
export type Dispute = Json & { id: string; status: string; payment_intent: string };
export type Entry = Json & { id: string; created: number; source: string };
export type Moved = { attemptId: string; kind: 'charge' | 'authorization' | 'capture' | 'refund'; amount: number };

const { resources }: { resources: Record<string, Json> } = JSON.parse(
  readFileSync(new URL('../../../../test/specs/stripe-objects.json', import.meta.url), 'utf8'),
);
export const example = (name: string): Json => structuredClone(resources[name] ?? {});
export const balance = (): Json => example('balance');
export const methodExample = (id: string): Json => ({ ...example('payment_method'), id });
export const tokenExample = (id: string): Json => ({ ...example('token'), id });

export const at = (value: Json, key: string): Json => Object(value[key]);

/** The examples fill in places that are null, or lead elsewhere, for what we make. */
export const bare = (value: Json): Json => ({
  ...value,
  last_payment_error: null,
  next_action: null,
  processing: null,
  shipping: null,
  transfer_data: null,
  source: null,
  balance_transaction: null,
});
