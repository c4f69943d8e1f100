import type { DeclineCode } from '../../../domain/payment/outcome.ts';

/**
 * Processor response codes: developer.paypal.com/braintree/docs/reference/general/processor-responses/authorization-responses.
 * 2109 to 2999 are reserved for declines without a stated reason. Where Braintree's own table says soft and our code hard (2000, 2038,
 * 2046: a bank's plain no) the code decides: the same card isn't tried again by itself.
 */
const byProcessorCode: Readonly<Record<DeclineCode, string>> = {
  generic: '2043 2044',
  do_not_honor: '2000 2011 2020 2038 2041 2046 2104 2106',
  insufficient_funds: '2001',
  limit_exceeded: '2002 2003 2056 2086 2097 2098 2103',
  lost_card: '2012 2047 2053',
  stolen_card: '2013',
  restricted_card: '2015 2057 2107',
  invalid_card: '2005 2008 2009 2029 2051 2061 2078 2080 2093 2105',
  invalid_account: '2007 2022 2075 2092 2108',
  expired_card: '2004 2006',
  incorrect_cvc: '2010 2060 2102',
  incorrect_address: '2059 2083',
  card_not_supported: '2019 2024 2050 2074 2076 2082 2096',
  invalid_amount: '2027 2048 2049 2052 2062',
  fraudulent: '2014 2021 2077',
  revoked: '2017 2018 2070',
  duplicate: '2016 2069 2094',
  authentication_required: '2099 2101',
  authentication_failed: '',
  issuer_unavailable: '2034 3000',
  processing_error: '2033 2035 2036 2037 2039 2054 2065 2067 2090 2095',
  merchant_refused:
    '2023 2025 2026 2028 2030 2031 2032 2040 2042 2045 2055 2058 2063 2064 2066 2068 2071 2072 2073 2079 2081 2084 2085 2087 2088 2089 2091 2100',
  canceled: '',
};

/** Why the gateway itself refuses, but for duplicates, which are no declines: developer.paypal.com/braintree/articles/control-panel/transactions/gateway-rejections. */
const byRejection: Readonly<Record<string, DeclineCode>> = {
  application_incomplete: 'merchant_refused',
  avs: 'incorrect_address',
  avs_and_cvv: 'incorrect_cvc',
  cvv: 'incorrect_cvc',
  excessive_retry: 'limit_exceeded',
  fraud: 'fraudulent',
  manual_transactions_disabled: 'merchant_refused',
  payment_method_blocked: 'restricted_card',
  risk_threshold: 'fraudulent',
  three_d_secure: 'authentication_required',
  token_issuance: 'processing_error',
  too_many_confirmation_attempts: 'limit_exceeded',
  union_pay_enrollment_required: 'authentication_required',
};

const isDeclineCode = (code: string): code is DeclineCode => Object.hasOwn(byProcessorCode, code);
const processorCodes: ReadonlyMap<string, DeclineCode> = new Map(
  Object.entries(byProcessorCode).flatMap(([code, listed]) =>
    isDeclineCode(code)
      ? listed
          .split(' ')
          .filter(Boolean)
          .map((one) => [one, code] as const)
      : [],
  ),
);

export const publishedProcessorCodes: readonly string[] = [...processorCodes.keys()];
export const publishedRejections: readonly string[] = Object.keys(byRejection);

/** A code that isn't published is declined as the bank's plain no: a network's trouble from 3000 on. */
export const declinedByProcessor = (code: string): DeclineCode => processorCodes.get(code) ?? (/^3\d{3}$/.test(code) ? 'issuer_unavailable' : 'generic');

export const rejectedByGateway = (reason: string): DeclineCode => (Object.hasOwn(byRejection, reason) ? (byRejection[reason] ?? 'generic') : 'generic');
