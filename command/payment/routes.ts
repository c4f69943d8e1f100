import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { WaitLimits } from '../../platform/http/preference.ts';
import type { PaymentProvider } from '../../providers/payment/provider.ts';
import type { Sandbox } from '../../providers/payment/sandbox/sandbox.ts';
import { approveRoute } from './approve.ts';
import { cancelRoute } from './cancel.ts';
import { captureRoute } from './capture.ts';
import type { PaymentHandler, PaymentRoutes } from './carry-out.ts';
import { createRoute } from './create.ts';
import { processRoute } from './process.ts';
import { refundRoute } from './refund.ts';
import { rejectRoute } from './reject.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { type WebhookHandler, webhookRoutes } from './webhook-routes.ts';

export type PaymentCommandSide = {
  payments: Pick<PaymentHandler, 'handle' | 'load' | 'waitUntil'>;
  webhooks: Pick<WebhookHandler, 'handle'>;
  /** Those that are set up; the first is asked where nothing else is said. */
  providers: readonly [PaymentProvider, ...PaymentProvider[]];
  sandbox?: Pick<Sandbox, 'ledger' | 'waiting' | 'confirm'>;
  wait?: WaitLimits;
} & Pick<PaymentRoutes, 'assess' | 'route'>;

/** The write side of the payment service. */
export const paymentCommandRoutes = ({
  payments,
  webhooks,
  providers,
  sandbox,
  assess,
  route,
  wait,
}: PaymentCommandSide): readonly FastifyPluginAsyncTypebox[] => {
  const [first, ...others] = providers;
  const side: PaymentRoutes = {
    payments,
    providers: [first.name, ...others.map(({ name }) => name)],
    captureOnce: providers.filter(({ abilities }) => abilities.captures === 'one').map(({ name }) => name),
    ...(assess && { assess }),
    ...(route && { route }),
    ...(wait && { wait }),
  };
  return [
    ...[createRoute, processRoute, approveRoute, rejectRoute, captureRoute, cancelRoute, refundRoute].map((routed) => routed(side)),
    webhookRoutes({ webhooks, providers }),
    ...(sandbox ? [sandboxRoutes(sandbox)] : []),
  ];
};
