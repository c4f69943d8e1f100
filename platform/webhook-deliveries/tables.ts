import { schema } from '../postgres/migrate.ts';

export const events = `${schema}.webhook_events`;
export const deliveries = `${schema}.webhook_deliveries`;
export const attempts = `${schema}.webhook_attempts`;
export const lanes = `${schema}.webhook_lanes`;

/** An event is kept once for all its deliveries. A lane is an endpoint as the sending sees it. */
export const steps: readonly string[] = [
  `create table ${events} (
     id text primary key,
     type text not null,
     time text not null,
     data jsonb not null,
     sealed jsonb,
     created_at timestamptz not null default now()
   )`,
  `create table ${deliveries} (
     id uuid primary key,
     sequence bigint generated always as identity,
     endpoint_id uuid not null,
     event_id text not null,
     type text not null,
     status text not null,
     once boolean not null,
     tries integer not null default 0,
     attempts integer not null default 0,
     due_at timestamptz,
     claim uuid,
     request text,
     created_at timestamptz not null default now(),
     delivered_at timestamptz
   ) with (fillfactor = 80)`,
  `create table ${attempts} (
     delivery_id uuid not null,
     number integer not null,
     at timestamptz not null,
     duration_ms integer not null,
     status_code integer,
     error text,
     excerpt text,
     primary key (delivery_id, number)
   )`,
  `create table ${lanes} (
     endpoint_id uuid primary key,
     failing_since timestamptz,
     failures integer not null default 0,
     paused_until timestamptz
   ) with (fillfactor = 50)`,
  `create index on ${deliveries} (endpoint_id, due_at) where status = 'pending'`,
  `create index on ${deliveries} (endpoint_id, sequence)`,
  `create index on ${deliveries} (created_at)`,
  `create index on ${events} (created_at)`,
];
