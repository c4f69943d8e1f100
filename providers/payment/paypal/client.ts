import { setTimeout as pause } from 'node:timers/promises';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { NotSent } from '../../../domain/payment/outcome.ts';
import type { ProviderCheck } from '../provider.ts';
import { Problem, Token } from './answers.ts';
import { type Exchange, exchange } from './exchange.ts';
import type { PayPalRequest, PayPalRequests } from './requests.ts';

/** `refused`: PayPal has done nothing, and says why. `issue` is its code for that. */
export type Refusal = { status: 'refused'; http: number; issue: string; message: string; links: Problem['links'] };
export type Unknown = { status: 'unknown'; reason: string };
export type Answer<T> = { status: 'answered'; body: T } | Refusal | NotSent | Unknown;

export type PayPalClient = {
  /** Never throws. An answer of another form than the schema's is `unknown`. */
  call: <S extends TSchema>(schema: S, request: PayPalRequest, traceparent?: string) => Promise<Answer<Static<S>>>;
  check: () => Promise<ProviderCheck>;
};

export type ClientSettings = { requests: PayPalRequests; baseUrl: string; timeoutMs: number; now?: () => number };

const inProgress = 'PREVIOUS_REQUEST_IN_PROGRESS';

/** Requests with an access token, which is fetched when there is none, and once again when PayPal doesn't take it. */
export const openClient = ({ requests, baseUrl, timeoutMs, now = Date.now }: ClientSettings): PayPalClient => {
  const tokens = accessTokens(() => exchange(baseUrl, requests.accessToken(), timeoutMs), now);

  const authorized = async (request: PayPalRequest, traceparent: string | undefined): Promise<Exchange | NotSent> => {
    for (let again = false; ; again = true) {
      const token = await tokens.current();
      if (token.status !== 'token') return token;
      const headers = { ...request.headers, Authorization: token.header, ...(traceparent !== undefined && { traceparent }) };
      const ended = await exchange(baseUrl, { ...request, headers }, timeoutMs);
      if (again || ended.status !== 'answered' || ended.http !== 401) return ended;
      tokens.forget(token.header);
    }
  };

  return {
    call: async (schema, request, traceparent) => {
      const until = now() + timeoutMs;
      for (let waitMs = 50; ; waitMs *= 2) {
        const answer = answerOf(schema, await authorized(request, traceparent));
        // The same request came before and is still being worked on: its answer is ours.
        if (answer.status !== 'refused' || answer.issue !== inProgress) return answer;
        if (now() + waitMs > until) return { status: 'unknown', reason: 'the same request is still being worked on' };
        await pause(waitMs);
      }
    },
    check: async () => {
      const token = await tokens.fresh();
      if (token.status === 'token') return { status: 'ok' };
      return { status: token.retriable ? 'unreachable' : 'misconfigured', reason: token.reason };
    },
  };
};

const answerOf = <S extends TSchema>(schema: S, ended: Exchange | NotSent): Answer<Static<S>> => {
  if (ended.status === 'not_sent') return { status: 'not_sent', reason: ended.reason, retriable: 'retriable' in ended ? ended.retriable : true };
  if (ended.status === 'unknown') return ended;
  const { http, text } = ended;
  if (http === 429) return { status: 'not_sent', reason: 'PayPal takes no more requests for a while (429)', retriable: true };
  if (http === 401) return { status: 'not_sent', reason: 'PayPal does not take our access token (401)', retriable: false };
  const body = parsed(text);
  if (http >= 200 && http < 300)
    return Value.Check(schema, body) ? { status: 'answered', body } : { status: 'unknown', reason: `answered ${http} in a form that is not known` };
  if (http < 400 || http >= 500 || !Value.Check(Problem, body)) return { status: 'unknown', reason: `answered ${http}` };
  const { issue = body.name, description = body.message ?? body.name } = body.details?.[0] ?? {};
  const debug = body.debug_id ? ` (debug id ${body.debug_id})` : '';
  return { status: 'refused', http, issue, message: `${description}${debug}`, links: body.links };
};

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

type AccessToken = { status: 'token'; header: string; until: number };

/** Seconds before its end at which a token isn't used any more. */
const spareSeconds = 60;

const accessTokens = (fetchToken: () => Promise<Exchange>, now: () => number) => {
  let held: AccessToken | undefined;
  let coming: Promise<AccessToken | NotSent> | undefined;

  const fetched = async (): Promise<AccessToken | NotSent> => {
    const token = tokenOf(await fetchToken(), now());
    if (token.status === 'token') held = token;
    return token;
  };
  /** One request for a token at a time, whoever waits. */
  const fresh = (): Promise<AccessToken | NotSent> => {
    coming ??= fetched().finally(() => {
      coming = undefined;
    });
    return coming;
  };
  return {
    fresh,
    current: async () => (held && held.until > now() ? held : fresh()),
    forget: (header: string) => {
      if (held?.header === header) held = undefined;
    },
  };
};

/** Without a token nothing is sent, whatever it was that failed. */
const tokenOf = (ended: Exchange, now: number): AccessToken | NotSent => {
  if (ended.status !== 'answered') return { status: 'not_sent', reason: `no access token: ${ended.reason}`, retriable: true };
  const body = parsed(ended.text);
  if (ended.http === 200 && Value.Check(Token, body))
    return { status: 'token', header: `${body.token_type} ${body.access_token}`, until: now + Math.max(1, body.expires_in - spareSeconds) * 1_000 };
  if (ended.http === 400 || ended.http === 401) return { status: 'not_sent', reason: 'PayPal does not take the client id and secret', retriable: false };
  return { status: 'not_sent', reason: `no access token: answered ${ended.http}`, retriable: true };
};
