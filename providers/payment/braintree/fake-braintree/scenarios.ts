/** What the processor and the gateway say to a sale. */
export type Verdict = { status: string; code: string; text: string; rejection: string | null };

const approved: Verdict = { status: 'authorized', code: '1000', text: 'Approved', rejection: null };
const declined = (code: string, text = 'Processor Declined'): Verdict => ({ status: 'processor_declined', code, text, rejection: null });
const failed: Verdict = { status: 'failed', code: '3000', text: 'Processor Network Unavailable - Try Again', rejection: null };
const rejected = (rejection: string): Verdict => ({ status: 'gateway_rejected', code: '', text: '', rejection });
export const duplicate = rejected('duplicate');

/** Static nonces of the sandbox: developer.paypal.com/braintree/docs/reference/general/testing. */
const byNonce: readonly (readonly [RegExp, Verdict])[] = [
  [/^fake-processor-declined-/, declined('2000', 'Do Not Honor')],
  [/^fake-processor-failure-jcb-nonce$/, failed],
  [/^fake-gateway-rejected-fraud-nonce$/, rejected('fraud')],
  [/^fake-gateway-rejected-risk-thresholds-nonce$/, rejected('risk_threshold')],
  [/^fake-token-issuance-error-venmo-account-nonce$/, rejected('token_issuance')],
];

/** The sandbox's test amounts, of the same page. `sum` in the currency's units. */
const byAmount = (sum: number, instrument: string): Verdict | undefined => {
  if (sum >= 2_000 && sum < 3_000) return declined(String(Math.floor(sum)));
  if (sum >= 3_000 && sum < 3_001) return failed;
  if (sum === 5_001) return rejected('application_incomplete');
  if (sum === 5_001.01 && instrument === 'paypal_account') return declined('2038');
  return undefined;
};

export const verdictOn = (means: string, sum: number, instrument: string): Verdict =>
  byNonce.find(([looks]) => looks.test(means))?.[1] ?? byAmount(sum, instrument) ?? approved;

/** What becomes of it once it is settled. */
export const settlementOf = (sum: number, instrument: string): { status: string; code: string; text: string } => {
  const special = instrument === 'paypal_account' && sum >= 4_001 && sum < 5_001;
  if (special && sum >= 4_002 && sum < 4_003) return { status: 'settlement_pending', code: '4002', text: 'Settlement Pending' };
  if (special) return { status: 'settlement_declined', code: String(Math.floor(sum)), text: 'Settlement Declined' };
  return { status: 'settled', code: '4000', text: 'Confirmed' };
};

const instruments: readonly (readonly [RegExp, string])[] = [
  [/paypal/, 'paypal_account'],
  [/venmo/, 'venmo_account'],
  [/us-bank-account/, 'us_bank_account'],
  [/sepa/, 'sepa_debit_account'],
  [/local-payment/, 'local_payment'],
];
export const instrumentOf = (means: string): string => instruments.find(([looks]) => looks.test(means))?.[1] ?? 'credit_card';

/** Why a payment method can't be used, as a validation error. */
export const faultOfMeans = (means: string, used: ReadonlySet<string>): readonly [string, string] | undefined => {
  if (means === 'fake-consumed-nonce' || used.has(means)) return ['91564', 'Cannot use a payment_method_nonce more than once.'];
  if (means === 'fake-luhn-invalid-nonce') return ['81715', 'Credit card number is invalid.'];
  return undefined;
};
