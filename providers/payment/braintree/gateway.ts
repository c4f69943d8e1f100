import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { NotSent } from '../../../domain/payment/outcome.ts';
import { openConnections, type Passage } from './connection.ts';

declare module 'braintree' {
  // What the SDK (3.40) has and its published types have not.
  interface TransactionGateway {
    refund(transactionId: string, details: { amount: string; orderId: string; apiRequestKey?: string }): Promise<ValidatedResponse<Transaction>>;
    submitForSettlement(transactionId: string, amount: string, details: { orderId?: string; apiRequestKey?: string }): Promise<ValidatedResponse<Transaction>>;
    submitForPartialSettlement(
      transactionId: string,
      amount: string,
      details: { orderId: string; apiRequestKey?: string; finalCapture?: boolean },
    ): Promise<ValidatedResponse<Transaction>>;
    void(transactionId: string, details: { apiRequestKey?: string }): Promise<ValidatedResponse<Transaction>>;
  }
  interface TransactionRequest {
    apiRequestKey?: string;
  }
  interface WebhookNotificationGateway {
    verify(challenge: string): string;
  }
  interface BraintreeGateway {
    http: { post: (path: string, body: object) => Promise<unknown> };
  }
}

type Sdk = InstanceType<typeof import('braintree')['BraintreeGateway']>;

export type GatewaySettings = { merchantId: string; publicKey: string; privateKey: string; baseUrl: string; timeoutMs: number };

/** How a call ended without a result. `fault`: the request was understood and refused. Only `not_sent` is sure that nothing came of it. */
export type CallFault =
  | NotSent
  | { status: 'unknown'; reason: string }
  | { status: 'not_found'; reason: string }
  | { status: 'denied'; reason: string }
  | { status: 'fault'; codes: readonly string[]; message: string };

/** `{ result }` as the SDK gives it, still to be checked; or how the call failed. A declined transaction is a result: `{ success: false, transaction }`. */
export type Called = { result: unknown } | CallFault;

export type Gateway = {
  /** Makes one request by the SDK. Never throws. */
  call: (make: (sdk: Sdk) => Promise<unknown>) => Promise<Called>;
  /** For what needs no connection: reading webhooks. */
  offline: Sdk;
  path: string;
};

/** The only place that loads the SDK. */
export const openGateway = async (settings: GatewaySettings): Promise<Gateway> => {
  const { default: braintree } = await import('braintree');
  const { merchantId, publicKey, privateKey, baseUrl, timeoutMs } = settings;
  const { hostname, port, protocol } = new URL(baseUrl);
  const secure = protocol === 'https:';
  const environment = new braintree.Environment(hostname, port || (secure ? '443' : '80'), '', secure, hostname, port);
  const connections = openConnections({ secure, timeoutMs });
  const connect = (passage: Passage): Sdk => {
    const keys = { environment, merchantId, publicKey, privateKey, customHttpAgent: connections.for(passage) };
    const sdk = new braintree.BraintreeGateway(keys);
    // Ours ends the call as a whole, and says whether it was sent.
    sdk.config.timeout = 2 * timeoutMs;
    return sdk;
  };
  return {
    call: async (make) => {
      const passage = { sent: false };
      try {
        const result = await make(connect(passage));
        return refusalIn(result) ?? { result };
      } catch (error) {
        return faultOf(error, passage);
      }
    },
    offline: connect({ sent: false }),
    path: `/merchants/${merchantId}`,
  };
};

const ErrorWithType = Type.Object({ type: Type.String() });
const Unsuccessful = Type.Object({ success: Type.Literal(false), message: Type.String(), errors: Type.Object({}) });
type Refusal = { message: string; transaction?: unknown; errors: { deepErrors: () => readonly { code: string }[] } };
const isRefusal = (result: unknown): result is Refusal => Value.Check(Unsuccessful, result) && typeof Reflect.get(result.errors, 'deepErrors') === 'function';

/** Validation errors: the request was refused before anything came of it. A transaction that was declined is none of those. */
const refusalIn = (result: unknown): CallFault | undefined => {
  if (!isRefusal(result) || result.transaction) return undefined;
  return { status: 'fault', codes: result.errors.deepErrors().map(({ code }) => code), message: result.message.slice(0, 300) };
};

/** By the SDK's own types of error: developer.paypal.com/braintree/docs/reference/general/exceptions. Everything that isn't sure is unknown. */
const faultOf = (error: unknown, { sent }: Passage): CallFault => {
  const type = Value.Check(ErrorWithType, error) ? error.type : undefined;
  // The SDK asks for no name that can't be one.
  if (!sent && type !== 'notFoundError') return { status: 'not_sent', reason: 'Braintree could not be reached', retriable: true };
  switch (type) {
    case 'authenticationError':
      return { status: 'denied', reason: 'Braintree does not accept the API keys' };
    case 'authorizationError':
      return { status: 'denied', reason: 'Braintree does not let these API keys do this' };
    case 'notFoundError':
      return { status: 'not_found', reason: 'Braintree knows nothing by this name' };
    case 'tooManyRequestsError':
      return { status: 'not_sent', reason: 'Braintree asks to slow down', retriable: true };
    case 'upgradeRequired':
      return { status: 'not_sent', reason: 'Braintree no longer takes this version of its SDK', retriable: false };
    case 'serviceUnavailableError':
      return { status: 'unknown', reason: 'Braintree answered that it is unavailable' };
    case 'serverError':
      return { status: 'unknown', reason: 'Braintree answered with a server error' };
    default:
      return { status: 'unknown', reason: 'no answer of Braintree that can be read' };
  }
};
