/** A request in the shape that PayPal's library builds: `path` follows the base URL, `body` is sent as JSON unless a header says otherwise. */
export type PayPalRequest = { path: string; verb: string; body: unknown; headers: Readonly<Record<string, string>> };

/** The requests that we make. `key` becomes the PayPal-Request-Id: the same again gives what came of it, and happens once. */
export type PayPalRequests = {
  accessToken: () => PayPalRequest;
  createOrder: (body: unknown, key: string) => PayPalRequest;
  getOrder: (id: string) => PayPalRequest;
  patchOrder: (id: string, body: unknown) => PayPalRequest;
  captureOrder: (id: string, body: unknown, key: string) => PayPalRequest;
  authorizeOrder: (id: string, body: unknown, key: string) => PayPalRequest;
  getAuthorization: (id: string) => PayPalRequest;
  captureAuthorization: (id: string, body: unknown, key: string) => PayPalRequest;
  voidAuthorization: (id: string, key: string) => PayPalRequest;
  getCapture: (id: string) => PayPalRequest;
  refundCapture: (id: string, body: unknown, key: string) => PayPalRequest;
  getRefund: (id: string) => PayPalRequest;
  searchTransactions: (query: Readonly<Record<string, string>>) => PayPalRequest;
};

export type Credentials = { clientId: string; clientSecret: string; baseUrl: string };

/**
 * The only door to @paypal/checkout-server-sdk: its requests and its credentials. Its HTTP client isn't used, because an answer that is no
 * JSON throws in one of its listeners, where nobody can catch it, and would end the process; and it keeps tokens by client id alone.
 */
export const loadRequests = async ({ clientId, clientSecret, baseUrl }: Credentials): Promise<PayPalRequests> => {
  const { default: paypal } = await import('@paypal/checkout-server-sdk');
  const { core, orders, payments } = paypal;
  const environment = new core.PayPalEnvironment(clientId, clientSecret, baseUrl, '');
  const idempotent = (request: PayPalRequest, key: string, body: unknown = null): PayPalRequest => ({
    ...request,
    body,
    headers: { ...request.headers, 'PayPal-Request-Id': key, Prefer: 'return=representation' },
  });
  return {
    accessToken: () => new core.AccessTokenRequest(environment),
    createOrder: (body, key) => idempotent(new orders.OrdersCreateRequest(), key, body),
    getOrder: (id) => new orders.OrdersGetRequest(id),
    patchOrder: (id, body) => ({ ...new orders.OrdersPatchRequest(id), body }),
    captureOrder: (id, body, key) => idempotent(new orders.OrdersCaptureRequest(id), key, body),
    authorizeOrder: (id, body, key) => idempotent(new orders.OrdersAuthorizeRequest(id), key, body),
    getAuthorization: (id) => new payments.AuthorizationsGetRequest(id),
    captureAuthorization: (id, body, key) => idempotent(new payments.AuthorizationsCaptureRequest(id), key, body),
    voidAuthorization: (id, key) => idempotent(new payments.AuthorizationsVoidRequest(id), key),
    getCapture: (id) => new payments.CapturesGetRequest(id),
    refundCapture: (id, body, key) => idempotent(new payments.CapturesRefundRequest(id), key, body),
    getRefund: (id) => new payments.RefundsGetRequest(id),
    // The library is older than this one.
    searchTransactions: (query) => ({ path: `/v1/reporting/transactions?${new URLSearchParams(query)}`, verb: 'GET', body: null, headers: {} }),
  };
};
