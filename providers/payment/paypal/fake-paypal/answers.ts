/** An answer, and whether it was refused. */
export type Reply = { http: number; body?: unknown };

const names: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'AUTHENTICATION_FAILURE',
  403: 'NOT_AUTHORIZED',
  404: 'RESOURCE_NOT_FOUND',
  409: 'RESOURCE_CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'RATE_LIMIT_REACHED',
  500: 'INTERNAL_SERVER_ERROR',
};

const messages: Readonly<Record<number, string>> = {
  400: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  401: 'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  403: 'Authorization failed due to insufficient permissions.',
  404: 'The specified resource does not exist.',
  422: 'The requested action could not be performed, semantically incorrect, or failed business validation.',
  500: 'An internal server error occurred.',
};

const descriptions: Readonly<Record<string, string>> = {
  AUTHORIZATION_VOIDED: 'A voided authorization cannot be captured or reauthorized. ',
  PREVIOUSLY_VOIDED: 'Authorization has been previously voided and hence cannot be voided again.',
  REFUND_AMOUNT_EXCEEDED: 'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  INVALID_RESOURCE_ID: 'Specified resource ID does not exist. Please check the resource ID and try again.',
  INSTRUMENT_DECLINED: "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment.",
};

/** A refusal in PayPal's form. */
export const problem = (http: number, issue?: string, links: readonly object[] = []): Reply => ({
  http,
  body: {
    name: names[http] ?? 'UNKNOWN',
    message: messages[http] ?? 'See the details.',
    debug_id: 'f00d1e5',
    ...(issue && { details: [{ issue, ...(descriptions[issue] && { description: descriptions[issue] }) }] }),
    ...(links.length > 0 && { links }),
  },
});
