import { type DeclineCode, declineKinds } from '../../../domain/payment/outcome.ts';

type Rows = Partial<Record<DeclineCode, string>>;

const isCode = (text: string): text is DeclineCode => Object.hasOwn(declineKinds, text);

/** Theirs → ours. */
const table = (rows: Rows): ReadonlyMap<string, DeclineCode> =>
  new Map(Object.entries(rows).flatMap(([ours, theirs]) => theirs.split(/\s+/).map((one): [string, DeclineCode] => [one, isCode(ours) ? ours : 'generic'])));

/**
 * Issues with which PayPal refuses to take a payment, once the order itself was in order
 * (Orders v2, 422 of `capture` and `authorize`; developer.paypal.com/api/rest/reference/orders/v2/errors).
 */
const byIssue = table({
  generic: `TRANSACTION_REFUSED INSTRUMENT_DECLINED PAYMENT_SOURCE_DECLINED_BY_PROCESSOR ALIAS_DECLINED_BY_PROCESSOR
    DECLINED_DUE_TO_RELATED_TXN`,
  do_not_honor: 'PAYER_CANNOT_PAY MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
  limit_exceeded: 'TRANSACTION_LIMIT_EXCEEDED',
  invalid_card: 'PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED',
  invalid_account: `PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED TOKEN_ID_NOT_FOUND BILLING_AGREEMENT_NOT_FOUND
    IDENTIFIER_NOT_FOUND MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE`,
  expired_card: 'CARD_EXPIRED REFERENCED_CARD_EXPIRED',
  card_not_supported: 'CARD_BRAND_NOT_SUPPORTED PAYMENT_SOURCE_CANNOT_BE_USED DOMESTIC_TRANSACTION_REQUIRED',
  fraudulent: 'TRANSACTION_BLOCKED_BY_PAYEE PAYEE_BLOCKED_TRANSACTION COMPLIANCE_VIOLATION',
  revoked: 'AGREEMENT_ALREADY_CANCELLED',
  /** The wallet is in order, its owner has to choose what else to pay with. */
  processing_error: 'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
  merchant_refused: `PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED PAYEE_ACCOUNT_INVALID TRANSACTION_RECEIVING_LIMIT_EXCEEDED
    AUTH_CAPTURE_NOT_ENABLED NOT_ENABLED_FOR_CARD_PROCESSING PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING`,
  canceled: 'ORDER_EXPIRED TOKEN_EXPIRED INVALID_RESOURCE_ID RESOURCE_NOT_FOUND',
});

/** What the card's processor said (`processor_response.response_code`; developer.paypal.com/api/rest/sandbox/card-testing and Payments v2). */
const byProcessor = table({
  generic: '5100 0100 5160 5210 5700 5710 5800 9540 PPRN PPDV PPAR PPLS',
  do_not_honor: '0500 0580 10BR 5130 5135 5500 9530 PPAB',
  insufficient_funds: '5120',
  limit_exceeded: 'PPAX PPEL PPNL PPDT',
  lost_card: '5150',
  stolen_card: '9520',
  restricted_card: '1352 5180 5930 PPFR',
  invalid_card: '0390 1330 1335 5900 6300 7800 PPFI PPFV PPII',
  invalid_account: '5140 5950 PP06',
  expired_card: '5400 1380 PPEF PPEX',
  incorrect_cvc: '5110 00N7 1382 PCVV PPC2',
  incorrect_address: '5170 5190 PPAD PPAV PPCO',
  card_not_supported: '8030 PPAE PPCT PPDI PPMC PPPM PPAG PPQC',
  invalid_amount: '1310 PPAI',
  fraudulent: '9500 9510',
  duplicate: '5200 PPIF',
  authentication_required: '5650 PCNR',
  authentication_failed: '7700 7710 PPD3',
  issuer_unavailable: '5910 5920 8100 8110 8220 PPNT',
  processing_error: '0800 0880 0960 1300 1312 1317 1320 1360 1384 1390 1393 8000 8010 9100 9600 PPER PPCR PPMB',
  merchant_refused: '1340 1350 1370 8020 PPAU PPBG PPCE PPCU PPDC PPNM PPRR',
  canceled: '0R00',
});

/** Undefined where the issue is no decline: the request or the account is wrong, or it stands otherwise with the order. */
export const declineOfIssue = (issue: string): DeclineCode | undefined => byIssue.get(issue);

/** What the networks advise goes before the code: 03 is "do not try again", 21 "the cardholder has stopped this merchant". */
export const declineOfProcessor = ({
  response_code: code,
  payment_advice_code: advice,
}: {
  response_code?: string;
  payment_advice_code?: string;
}): DeclineCode => {
  if (advice === '21') return 'revoked';
  const known = byProcessor.get(code ?? '') ?? 'generic';
  return advice === '03' && retried.includes(known) ? 'do_not_honor' : known;
};

const retried: readonly DeclineCode[] = ['insufficient_funds', 'limit_exceeded', 'issuer_unavailable', 'processing_error', 'generic'];
