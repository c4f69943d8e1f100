// What of @paypal/checkout-server-sdk is used; it brings no types of its own.
declare module '@paypal/checkout-server-sdk' {
  type Request = { path: string; verb: string; body: unknown; headers: Record<string, string> };
  type RequestFor = new (id: string) => Request;

  const paypal: {
    core: {
      PayPalEnvironment: new (
        clientId: string,
        clientSecret: string,
        baseUrl: string,
        webUrl: string,
      ) => { baseUrl: string; authorizationString: () => string };
      AccessTokenRequest: new (environment: { authorizationString: () => string }) => Request;
    };
    orders: {
      OrdersCreateRequest: new () => Request;
      OrdersGetRequest: RequestFor;
      OrdersPatchRequest: RequestFor;
      OrdersCaptureRequest: RequestFor;
      OrdersAuthorizeRequest: RequestFor;
    };
    payments: {
      AuthorizationsGetRequest: RequestFor;
      AuthorizationsCaptureRequest: RequestFor;
      AuthorizationsVoidRequest: RequestFor;
      CapturesGetRequest: RequestFor;
      CapturesRefundRequest: RequestFor;
      RefundsGetRequest: RequestFor;
    };
  };
  export default paypal;
}
