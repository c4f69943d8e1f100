import type { Pool } from '../../../platform/postgres/postgres.ts';
import type { PaymentProvider } from '../provider.ts';
import { type Books, books, type Entry, type LedgerEntry } from './books.ts';
import { deliverWebhooks } from './deliveries.ts';
import { confirmationOf } from './news.ts';
import { sandboxProvider } from './sandbox-provider.ts';
import { migrateSandbox } from './tables.ts';

export type SandboxSettings = {
  /** `sandbox`, unless there are several. They keep one set of books. */
  names?: readonly [string, ...string[]];
  pool: Pool;
  /** The payment service's own base URL: its 3-D Secure page and its webhook route are there. */
  baseUrl: () => string;
  webhookSecret: string;
  /** How long `tok_webhook_late` lets one wait, in milliseconds. */
  lateMs?: number;
  /** After which a charge that hasn't been answered is unknown, in milliseconds. */
  timeoutMs?: number;
  onFailure?: (error: unknown) => void;
};

export type Sandbox = {
  /** The first; and all of them. */
  provider: PaymentProvider;
  providers: readonly [PaymentProvider, ...PaymentProvider[]];
  ledger: Books['ledger'];
  /** A charge that waits for the customer: what their page shows; undefined where there is none. */
  waiting: (reference: string) => Promise<Waiting | undefined>;
  /** The customer's decision. Made once; afterwards it only tells how it was decided. */
  confirm: (reference: string, approve: boolean) => Promise<Waiting | undefined>;
  /** Posts the webhooks that are owed, until stopped. */
  deliver: () => { stop: () => Promise<void> };
};
export type Waiting = { status: Entry['status'] | 'canceled'; amount: number; currency: string; returnUrl: string | null };
export type { LedgerEntry };

/** A provider that moves no money: what happens is chosen by token, and kept in PostgreSQL as a real one keeps it. */
export const openSandbox = async (settings: SandboxSettings): Promise<Sandbox> => {
  const { pool, names = ['sandbox'], baseUrl, webhookSecret, lateMs = 3_000, timeoutMs = 30_000, onFailure = () => {} } = settings;
  await migrateSandbox(pool);
  const wakers = new Set<() => void>();
  const kept = books(pool, {
    owing: () => {
      for (const wake of wakers) wake();
    },
  });

  const confirm: Sandbox['confirm'] = async (reference, approve) => {
    const charge = await kept.find(reference);
    if (!charge?.token || charge.parent) return undefined;
    const entry = await kept.confirm(reference, approve, [confirmationOf(charge, approve)]);
    return entry && waitingOf(entry);
  };

  const providerCalled = sandboxProvider(kept, { baseUrl, lateMs, timeoutMs, webhookSecret });
  const [first, ...others] = names;
  const provider = providerCalled(first);
  return {
    provider,
    providers: [provider, ...others.map(providerCalled)],
    ledger: kept.ledger,
    waiting: async (reference) => {
      const entry = await kept.find(reference);
      return entry?.token === 'tok_3ds' && !entry.parent ? waitingOf(entry) : undefined;
    },
    confirm,
    deliver: () => {
      const { wake, stop } = deliverWebhooks({ pool, secret: webhookSecret, url: (name) => `${baseUrl()}/api/v1/webhooks/${name}`, onFailure });
      wakers.add(wake);
      return {
        stop: async () => {
          wakers.delete(wake);
          await stop();
        },
      };
    },
  };
};

const waitingOf = ({ status, voided, amount, currency, returnUrl }: Entry): Waiting => ({ status: voided ? 'canceled' : status, amount, currency, returnUrl });
