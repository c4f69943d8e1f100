import type { ReadyMade } from '../stored-templates.ts';
import type { Template } from '../template.ts';
import { endpointDisabled } from './endpoint-disabled.ts';
import { paymentAttention } from './payment-attention.ts';
import { paymentFailed } from './payment-failed.ts';
import { paymentReceipt } from './payment-receipt.ts';
import { paymentRefund } from './payment-refund.ts';

/** The templates that come with the service. A text that changes becomes a new version beside the old one. */
export const readyMade: readonly Template[] = [paymentReceipt, paymentRefund, paymentFailed, paymentAttention, endpointDisabled];

/** The same as what people publish over them sees it. */
export const readyMadeVersions: ReadyMade = new Map(
  readyMade.map(({ key, version, layouts: _, variables, ...content }) => [
    key,
    { version, content: { kind: 'message' as const, ...content, variables: { ...variables }, layouts: {} } },
  ]),
);
