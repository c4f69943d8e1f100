import { at, bare, type Charge, type Dispute, type Entry, example, type Intent, type Json, type Metadata, type Moved, type Refund } from './objects.ts';

export type Books = ReturnType<typeof openBooks>;

/** `now`: Unix seconds. */
export const openBooks = (now: () => number = () => Math.floor(Date.now() / 1_000)) => {
  const intents = new Map<string, Intent>();
  const charges = new Map<string, Charge>();
  const refunds = new Map<string, Refund>();
  const disputes = new Map<string, Dispute>();
  const entries = new Map<string, Entry>();
  const methods = new Map<string, string>();
  const moved: Moved[] = [];
  let last = 0;
  const id = (prefix: string) => `${prefix}_${String(++last).padStart(10, '0')}fake`;

  const entry = (type: string, source: string, amount: number, currency: string): void => {
    const made = { ...example('balance_transaction'), id: id('txn'), type, source, amount, net: amount, currency, created: now(), available_on: now() };
    entries.set(made.id, made);
  };
  const move = ({ metadata }: { metadata: Metadata }, kind: Moved['kind'], amount: number): void =>
    void moved.push({ attemptId: metadata.attempt_id ?? '', kind, amount });

  return {
    intents,
    charges,
    refunds,
    disputes,
    entries,
    moved,

    /** A method that a card's token became; Stripe's test tokens are named like its test methods. */
    method: (token: string): Json => {
      const made = { ...example('payment_method'), id: id('pm'), created: now() };
      methods.set(made.id, `pm_card_${token.replace(/^tok_/, '')}`);
      return made;
    },
    tokenOf: (method: string): string => methods.get(method) ?? method,

    intent: (asked: Pick<Intent, 'amount' | 'currency' | 'capture_method' | 'metadata' | 'return_url'>, method: string): Intent => {
      const made: Intent = {
        ...bare(example('payment_intent')),
        ...asked,
        id: id('pi'),
        object: 'payment_intent',
        status: 'requires_confirmation',
        amount_capturable: 0,
        amount_received: 0,
        created: now(),
        canceled_at: null,
        payment_method: method,
        latest_charge: null,
      };
      intents.set(made.id, made);
      return made;
    },

    /** The bank has said yes. */
    authorize: (intent: Intent): void => {
      const { amount, currency, metadata } = intent;
      const whole = intent.capture_method === 'automatic';
      const card = { brand: 'visa', last4: '4242', capture_before: now() + 7 * 86_400 };
      const made: Charge = {
        ...bare(example('charge')),
        id: id('ch'),
        amount,
        amount_captured: whole ? amount : 0,
        amount_refunded: 0,
        captured: whole,
        currency,
        created: now(),
        payment_intent: intent.id,
        metadata: { ...metadata },
        payment_method_details: whole ? null : { type: 'card', card: { ...Object(at(example('charge'), 'payment_method_details').card), ...card } },
        outcome: null,
      };
      charges.set(made.id, made);
      Object.assign(intent, {
        status: whole ? 'succeeded' : 'requires_capture',
        amount_received: whole ? amount : 0,
        amount_capturable: whole ? 0 : amount,
        latest_charge: made.id,
        next_action: null,
        last_payment_error: null,
      });
      move(intent, whole ? 'charge' : 'authorization', amount);
      if (whole) entry('charge', made.id, amount, currency);
    },

    capture: (intent: Intent, amount: number, final: boolean, metadata: Metadata): void => {
      const rest = intent.amount_capturable - amount;
      const ended = final || rest === 0;
      Object.assign(intent.metadata, metadata);
      Object.assign(intent, {
        amount_received: intent.amount_received + amount,
        amount_capturable: ended ? 0 : rest,
        status: ended ? 'succeeded' : 'requires_capture',
      });
      const charge = charges.get(intent.latest_charge ?? '');
      if (charge) Object.assign(charge, { amount_captured: intent.amount_received, captured: true });
      move(intent, 'capture', amount);
      entry('charge', intent.latest_charge ?? '', amount, intent.currency);
    },

    refund: (intent: Intent, amount: number, metadata: Metadata, status: string): Refund => {
      const charge = charges.get(intent.latest_charge ?? '');
      const made: Refund = {
        ...example('refund'),
        id: id('re'),
        amount,
        currency: intent.currency,
        status,
        created: now(),
        charge: intent.latest_charge,
        payment_intent: intent.id,
        metadata,
      };
      refunds.set(made.id, made);
      if (status === 'failed') return made;
      if (charge) charge.amount_refunded += amount;
      move(intent, 'refund', amount);
      entry('refund', made.id, -amount, intent.currency);
      return made;
    },

    dispute: (intent: Intent, status: string): Dispute => {
      const made: Dispute = {
        ...example('dispute'),
        id: id('dp'),
        status,
        amount: intent.amount_received,
        currency: intent.currency,
        reason: 'fraudulent',
        created: now(),
        charge: intent.latest_charge,
        payment_intent: intent.id,
      };
      disputes.set(made.id, made);
      return made;
    },

    event: (type: string, object: Json): Json => ({ ...example('event'), id: id('evt'), type, created: now(), data: { object } }),
  };
};
