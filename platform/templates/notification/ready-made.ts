import type { Template } from '../template.ts';
import { paymentAttention } from './payment-attention.ts';
import { paymentFailed } from './payment-failed.ts';
import { paymentReceipt } from './payment-receipt.ts';
import { paymentRefund } from './payment-refund.ts';

/** The templates that come with the service. A text that changes becomes a new version beside the old one. */
export const readyMade: readonly Template[] = [paymentReceipt, paymentRefund, paymentFailed, paymentAttention];
