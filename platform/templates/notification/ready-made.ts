import { layoutKey, type MessageTemplate, type TemplateVersion } from '../../../domain/notification/template.ts';
import type { ReadyMade } from '../stored-templates.ts';
import type { Template } from '../template.ts';
import { digest } from './digest.ts';
import { endpointDisabled } from './endpoint-disabled.ts';
import { orderShipped } from './order-shipped.ts';
import { passwordReset } from './password-reset.ts';
import { paymentAttention } from './payment-attention.ts';
import { paymentDispute } from './payment-dispute.ts';
import { paymentFailed } from './payment-failed.ts';
import { paymentReceipt } from './payment-receipt.ts';
import { paymentRefund } from './payment-refund.ts';
import { signInCode } from './sign-in-code.ts';
import { standardLayout } from './standard-layout.ts';
import { welcome } from './welcome.ts';

const all = [
  paymentReceipt,
  paymentRefund,
  paymentFailed,
  paymentAttention,
  paymentDispute,
  orderShipped,
  signInCode,
  passwordReset,
  welcome,
  digest,
  endpointDisabled,
];

/** The templates that come with the service, each as version 1, in the standard layout. */
export const readyMade: readonly Template[] = all.map((one) => ({ ...one, version: 1, layouts: { standard: standardLayout } }));

const messages = all.map(({ key, variables, ...content }): [string, MessageTemplate] => [
  key,
  // Through JSON, as everything that is published.
  { kind: 'message', ...content, variables: JSON.parse(JSON.stringify(variables)), layouts: { standard: 1 } },
]);

/** The same, and their layout, as what people publish over them sees it. */
export const readyMadeVersions: ReadyMade = new Map<string, TemplateVersion>([
  ...messages.map(([key, content]) => [key, { version: 1, content }] as const),
  [layoutKey('standard'), { version: 1, content: standardLayout }],
]);
