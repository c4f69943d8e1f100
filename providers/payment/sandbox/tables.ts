import { migrate, schema } from '../../../platform/postgres/migrate.ts';
import type { Pool } from '../../../platform/postgres/postgres.ts';

export const operations = `${schema}.sandbox_operations`;
export const webhooks = `${schema}.sandbox_webhooks`;
export const ledgerSequence = `${schema}.sandbox_ledger_seq`;

// `seq` is set once the operation is in the ledger: money was moved, held or released. Running sums stand on the charge's own row,
// so that two captures or refunds at once wait for each other there.
const steps = [
  `create sequence ${ledgerSequence};
   create table ${operations} (
     reference uuid primary key,
     seq bigint,
     kind text not null check (kind in ('charge', 'authorization', 'capture', 'void', 'refund')),
     parent uuid,
     payment_id uuid not null,
     amount bigint not null,
     currency text not null,
     status text not null check (status in ('succeeded', 'declined', 'requires_action', 'failed')),
     code text,
     token text,
     return_url text,
     captured bigint not null default 0 check (captured <= amount),
     refunded bigint not null default 0 check (refunded <= captured),
     voided boolean not null default false,
     at timestamptz not null default now()
   );
   create unique index sandbox_ledger on ${operations} (seq) where seq is not null;
   create table ${webhooks} (
     id bigint generated always as identity primary key,
     event_id uuid not null,
     body text not null,
     due_at timestamptz not null,
     tries integer not null default 0
   );
   create index sandbox_webhooks_due on ${webhooks} (due_at);`,
  // Several sandboxes keep one set of books.
  `alter table ${operations} add column sandbox text not null default 'sandbox';
   alter table ${webhooks} add column sandbox text not null default 'sandbox';`,
  // From when on what was done has come back.
  `alter table ${operations} add column undone_at timestamptz;`,
];

export const migrateSandbox = (pool: Pool): Promise<void> => migrate(pool, 'sandbox', steps);
