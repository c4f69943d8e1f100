// The least that a durable POST can be: a Fastify route that validates the body, one INSERT through a pool of 16, the row as the answer.
import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import pg from 'pg';
import { Type } from 'typebox';
import { NewPayment } from '../../command/payment/requests.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 });
await pool.query(
  'CREATE TABLE payments (id uuid PRIMARY KEY, amount bigint NOT NULL, currency text NOT NULL, body jsonb NOT NULL, created_at timestamptz NOT NULL)',
);

const payments: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/api/v1/payments', { schema: { body: NewPayment(Type.Enum(['sandbox'])) } }, async ({ body }, reply) => {
    const [id, createdAt] = [randomUUID(), new Date().toISOString()];
    await pool.query('INSERT INTO payments (id, amount, currency, body, created_at) VALUES ($1, $2, $3, $4, $5)', [
      id,
      body.amount,
      body.currency,
      body,
      createdAt,
    ]);
    reply.code(201).header('location', `/api/v1/payments/${id}`);
    return { id, status: 'requires_payment_method', ...body, createdAt };
  });
};

const app = Fastify();
await app.register(payments);
const url = await app.listen({ host: '127.0.0.1', port: 0 });

const methods = { url: async (_: null): Promise<string> => url };
export type BareFastify = typeof methods;

serve(methods, async () => {
  await app.close();
  await pool.end();
});
