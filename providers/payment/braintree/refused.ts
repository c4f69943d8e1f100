import type { NotSent } from '../../../domain/payment/outcome.ts';
import type { CallFault } from './gateway.ts';

/** Of request keys: a request with this one is on its way, was made with other details, or failed in a way that left it open. */
const unsure: readonly string[] = ['915232', '915233', '915235'];
/** The nonce was used, or is being used: by whom isn't said. */
export const nonceUsed: readonly string[] = ['91564', '91566'];

/** Why an operation was refused, by validation error: developer.paypal.com/braintree/docs/reference/general/validation-errors/all. */
const operationCodes: Readonly<Record<string, string>> = {
  '91504': 'not_voidable',
  '91506': 'not_settled',
  '91507': 'not_capturable',
  '91512': 'already_refunded',
  '91521': 'exceeds_captured',
  '91522': 'exceeds_authorized',
  '91574': 'settling',
  '91579': 'authorization_expired',
  '915102': 'partial_captures_unsupported',
  '915103': 'not_capturable',
  '915200': 'refund_declined',
  '915201': 'refund_declined',
};

type Refused = NotSent | { status: 'unknown'; reason: string };

/** How a call that changes something ended without a result. */
export const refused = (fault: CallFault): Refused => {
  switch (fault.status) {
    case 'not_sent':
    case 'unknown':
      return fault;
    case 'not_found':
    case 'denied':
      return { status: 'not_sent', reason: fault.reason, retriable: false };
    case 'fault': {
      const reason = `Braintree refused the request (${fault.codes.join(', ') || 'without a code'}): ${fault.message}`;
      return fault.codes.length === 0 || fault.codes.some((code) => unsure.includes(code))
        ? { status: 'unknown', reason }
        : { status: 'not_sent', reason, retriable: false };
    }
  }
};

/** The same of an operation: a refusal for what the charge is like is its failure. */
export const operationRefused = (fault: CallFault): Refused | { status: 'failed'; code: string; message: string } => {
  const answer = refused(fault);
  if (fault.status !== 'fault' || answer.status === 'unknown') return answer;
  const known = fault.codes.find((code) => Object.hasOwn(operationCodes, code));
  return { status: 'failed', code: (known && operationCodes[known]) ?? 'refused', message: fault.message };
};
