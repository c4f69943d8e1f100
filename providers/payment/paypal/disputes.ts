import type { DisputeNotice } from '../../../domain/payment/outcome.ts';
import type { Notice } from '../provider.ts';
import { type Access, fetchResource } from './access.ts';
import { fromPayPal } from './amounts.ts';
import { Capture } from './answers.ts';
import type { Dispute } from './events.ts';
import { belongingOf } from './references.ts';

/** Who bears the sum once PayPal has decided (Disputes v1, `dispute_outcome.outcome_code`). A payout is PayPal's own money. */
const ends: Readonly<Record<string, 'won' | 'lost'>> = {
  RESOLVED_BUYER_FAVOUR: 'lost',
  ACCEPTED: 'lost',
  RESOLVED_SELLER_FAVOUR: 'won',
  RESOLVED_WITH_PAYOUT: 'won',
  CANCELED_BY_BUYER: 'won',
  DENIED: 'won',
  NONE: 'won',
};

/** Between the customer and the shop PayPal hasn't decided anything yet; a customer who got their money back then has won all the same. */
const changeOf = ({ status, dispute_life_cycle_stage: stage, dispute_outcome: outcome }: Dispute): DisputeNotice['change'] => {
  const asked = stage === 'INQUIRY';
  if (status !== 'RESOLVED') return asked ? 'inquiry' : 'opened';
  const change = ends[outcome?.outcome_code ?? ''];
  if (!change) throw new Error(`a dispute was resolved as ${outcome?.outcome_code}, of which nobody knows who has won`);
  return asked && change === 'won' ? 'inquiry_closed' : change;
};

/** One notice for each of our charges that is disputed: its capture says whose it is. */
export const disputeNotices = async (access: Access, dispute: Dispute): Promise<readonly Notice[]> => {
  const due = new Date(dispute.seller_response_due_date ?? Number.NaN);
  const several = dispute.disputed_transactions.length > 1;
  const notices: Notice[] = [];
  for (const { seller_transaction_id: id, gross_amount: gross } of dispute.disputed_transactions) {
    const capture = await fetchResource(access, Capture, access.requests.getCapture(id));
    const owner = belongingOf(capture?.custom_id);
    const change = changeOf(dispute);
    // Decided for the buyer in part: of one charge it is known of which.
    const part = change === 'lost' && !several ? dispute.dispute_outcome?.amount_refunded : undefined;
    const lost = part && fromPayPal(part);
    const sum = lost?.amount ? lost : fromPayPal((several ? gross : undefined) ?? dispute.dispute_amount);
    if (!owner || !sum) continue;
    const { dispute_id: disputeId, reason = null } = dispute;
    const evidenceDueBy = Number.isNaN(due.getTime()) ? null : due.toISOString();
    const notice = { disputeId, attemptId: owner.attemptId, change, ...sum, reason: reason?.toLowerCase() ?? null, evidenceDueBy };
    notices.push({ about: 'dispute', paymentId: owner.paymentId, notice });
  }
  return notices;
};
