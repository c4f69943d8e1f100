import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { acceptForms } from '../../platform/http/json-body.ts';
import { problem } from '../../platform/http/problem.ts';
import { Amount, Closed, Currency, Id, Instant, Page, Uuid } from '../../platform/http/schemas.ts';
import type { Sandbox } from '../../providers/payment/sandbox/sandbox.ts';
import { confirmationPage } from './confirmation-page.ts';

const LedgerEntry = Type.Object({
  id: Type.String(),
  reference: Type.String({ description: "The attempt's or operation's id" }),
  provider: Type.String({ description: 'Which sandbox, where there are several' }),
  kind: Type.Enum(['charge', 'authorization', 'capture', 'void', 'refund']),
  amount: Amount,
  currency: Currency,
  at: Instant,
});
const LedgerQuery = Closed({
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
  reference: Type.Optional(Uuid),
});
const Decision = Closed({ approve: Type.Union([Type.Boolean(), Type.Literal('true'), Type.Literal('false')]) });
const tags = ['Sandbox'];

/** The sandbox provider's own pages: where a customer approves a payment, and what it believes has happened. */
export const sandboxRoutes =
  (sandbox: Pick<Sandbox, 'ledger' | 'waiting' | 'confirm'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptForms(app);
    const notFound = () => problem(404, 'confirmation_not_found', { detail: 'No payment waits here for a customer.' });

    app.route({
      method: 'GET',
      url: '/api/v1/sandbox/ledger',
      config: { permission: 'payments:read' },
      schema: { tags, summary: 'What the sandbox believes happened, oldest first', querystring: LedgerQuery, response: { 200: Page(LedgerEntry) } },
      handler: async ({ query: { limit, cursor, reference } }) => {
        const { rows, next } = await sandbox.ledger({ limit, ...(cursor && { after: cursor }), ...(reference && { reference }) });
        return { data: rows, nextCursor: next ?? null };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/sandbox/3ds/:id',
      config: { permission: 'open' },
      schema: { hide: true, params: Id },
      handler: async ({ params }, reply) => {
        const waiting = await sandbox.waiting(params.id);
        if (!waiting) throw notFound();
        const { html, contentSecurityPolicy } = confirmationPage(waiting);
        return reply
          .type('text/html; charset=utf-8')
          .headers({ 'content-security-policy': contentSecurityPolicy, 'referrer-policy': 'no-referrer' })
          .send(html);
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/sandbox/3ds/:id',
      config: { permission: 'open' },
      schema: { tags, summary: "The customer's decision on a payment that waits for it", params: Id, body: Decision },
      handler: async ({ params, body, headers }, reply) => {
        const approve = body.approve === true || body.approve === 'true';
        const decided = await sandbox.confirm(params.id, approve);
        if (!decided) throw notFound();
        if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return { id: params.id, status: decided.status };
        return reply.redirect(decided.returnUrl ?? `/api/v1/sandbox/3ds/${params.id}`, 303);
      },
    });
  };
