import type { FetchFunction } from '@slack/web-api';
import type { ChannelCheck, ChannelOutcome, ChatMessage, MessageChannel } from '../channel.ts';
import { type Exchange, type Exchanger, openExchanger } from '../http/exchange.ts';
import { codeIn, fieldOf, jsonOf } from '../http/json.ts';
import { keyCheck } from '../http/key-check.ts';
import { usualOutcome } from '../http/usual-outcome.ts';
import { hookOf } from './hooks.ts';
import { slackRefusal } from './slack-outcomes.ts';

export type SlackSettings = {
  /** A bot's, `xoxb-…`; null where incoming webhooks are all that is used. */
  token: string | null;
  /** Ends with a slash. */
  apiUrl: string;
  /** Hosts of incoming webhooks; those below them count too. None: it takes no such messages. */
  webhookHosts: readonly string[];
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  now?: () => number;
};

export const slackDefaults = { apiUrl: 'https://slack.com/api/', webhookHosts: ['hooks.slack.com', 'hooks.slack-gov.com'], timeoutMs: 15_000 };

/**
 * Slack by chat.postMessage or an incoming webhook. Loads `@slack/web-api`, which builds the call; the wire and the time-out are ours and its
 * retries are off. About one message a second for each channel: more is `throttled`. A repeated message would show twice.
 */
export const openSlack = async (settings: SlackSettings): Promise<MessageChannel<'chat'>> => {
  const exchanger = openExchanger({ reuse: true });
  const post = await openApi(settings, exchanger);
  const send = async (message: ChatMessage): Promise<ChannelOutcome> => {
    if ('slackChannel' in message.to) return post(message.to.slackChannel, message);
    if ('slackUrl' in message.to) return toHook(message.to.slackUrl, message, settings, exchanger);
    return { status: 'rejected', code: 'wrong_address', permanent: true, reason: 'The address is none of Slack.', blame: 'configuration' };
  };
  const takes = ({ to }: ChatMessage) => ('slackChannel' in to && settings.token !== null) || ('slackUrl' in to && settings.webhookHosts.length > 0);
  return {
    name: 'slack',
    channel: 'chat',
    repeatable: false,
    takes,
    limitedBy: addressOf,
    send,
    check: () => checkOf(settings, exchanger),
    close: async () => exchanger.close(),
  };
};

/** Slack limits each channel, and each hook, for itself. */
const addressOf = ({ to }: ChatMessage): string => ('slackChannel' in to ? to.slackChannel : 'slackUrl' in to ? to.slackUrl : '');

/** `auth.test` says whose a token is. Hooks have no keys that could be wrong. */
const checkOf = async ({ token, apiUrl, timeoutMs, ca }: SlackSettings, exchanger: Exchanger): Promise<ChannelCheck> => {
  if (token === null) return { status: 'ok' };
  const asked = await exchanger.post({ url: new URL('auth.test', apiUrl), headers: { Authorization: `Bearer ${token}` }, body: '', timeoutMs, ca });
  const checked = keyCheck(asked);
  if (checked.status !== 'ok' || asked.status !== 'answered') return checked;
  const answer = jsonOf(asked.text);
  if (fieldOf(answer, 'ok') === true) return checked;
  const code = codeIn(fieldOf(answer, 'error'));
  const refusal = code === undefined ? undefined : slackRefusal(code);
  const isOurs = refusal?.status === 'rejected' && (refusal.blame === 'configuration' || refusal.code === 'invalid_token');
  return { status: isOurs ? 'misconfigured' : 'unreachable', reason: `it answered ${code ?? 'what can’t be read'}` };
};

type Post = (channel: string, message: ChatMessage) => Promise<ChannelOutcome>;

const openApi = async ({ token, apiUrl, timeoutMs, ca, now = Date.now }: SlackSettings, exchanger: Exchanger): Promise<Post> => {
  if (token === null)
    return async () => ({ status: 'rejected', code: 'no_token', permanent: true, reason: 'No bot of Slack is set up.', blame: 'configuration' });
  const { LogLevel, WebClient } = await import('@slack/web-api');
  const nothing = () => {};
  // What it logs holds the message.
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR };
  const fetch: FetchFunction = async (url, init) => {
    const body = typeof init?.body === 'string' ? init.body : '';
    const exchange = await exchanger.post({ url: new URL(url), headers: init?.headers ?? {}, body, timeoutMs, ca });
    // Of a 200 that is no JSON the library makes an error with all of its text for a code.
    const succeeded = exchange.status === 'answered' && exchange.http === 200;
    if (succeeded && isSlacks(exchange.text)) return new Response(exchange.text, { headers: { 'content-type': 'application/json' } });
    throw Object.assign(new Error('no success'), { exchange: succeeded ? unread : exchange });
  };
  const client = new WebClient(token, { slackApiUrl: apiUrl, fetch, logger, retryConfig: { retries: 0 }, allowAbsoluteUrls: false });
  return async (channel, message) => {
    try {
      const answer = await client.apiCall('chat.postMessage', { channel, ...contentOf(message) });
      const [ts, where] = [fieldOf(answer, 'ts'), fieldOf(answer, 'channel')];
      if (typeof ts === 'string' && typeof where === 'string') return { status: 'accepted', reference: `${where}:${ts}` };
      return { status: 'unknown', reason: 'Slack answered without naming the message.' };
    } catch (error) {
      return failureOf(error, now());
    }
  };
};

const unread: Exchange = { status: 'unknown', reason: 'that can be read' };
const isSlacks = (text: string): boolean => typeof fieldOf(jsonOf(text), 'ok') === 'boolean';

type LibraryError = { data?: { error?: unknown }; original?: { exchange?: Exchange } };
const isLibraryError = (error: unknown): error is LibraryError => typeof error === 'object' && error !== null && ('data' in error || 'original' in error);

const failureOf = (error: unknown, now: number): ChannelOutcome => {
  const { data, original } = isLibraryError(error) ? error : {};
  if (original?.exchange) {
    const usual = usualOutcome('Slack', original.exchange, now);
    return 'outcome' in usual ? usual.outcome : httpRefusal(usual.answered.http);
  }
  const code = codeIn(data?.error);
  return code === undefined ? { status: 'unknown', reason: "Slack's answer can't be read." } : slackRefusal(code);
};

const httpRefusal = (http: number): ChannelOutcome => ({
  status: 'rejected',
  code: String(http),
  permanent: true,
  reason: `Slack answered ${http}.`,
  blame: http === 413 ? 'message' : 'configuration',
});

const toHook = async (text: string, message: ChatMessage, settings: SlackSettings, exchanger: Exchanger): Promise<ChannelOutcome> => {
  const { webhookHosts, timeoutMs, ca, now = Date.now } = settings;
  const url = hookOf(text, webhookHosts);
  if (!url) return { status: 'rejected', code: 'invalid_url', permanent: true, reason: 'The address is no webhook of Slack.', blame: 'recipient' };
  const headers = { 'Content-Type': 'application/json' };
  const usual = usualOutcome('Slack', await exchanger.post({ url, headers, body: JSON.stringify(contentOf(message)), timeoutMs, ca }), now());
  if ('outcome' in usual) return usual.outcome;
  const { http, text: answer } = usual.answered;
  if (http === 200 && answer.trim() === 'ok') return { status: 'accepted', reference: message.deliveryId };
  if (http < 300) return { status: 'unknown', reason: "Slack's answer can't be read." };
  const code = codeIn(answer.trim());
  if (code !== undefined) return slackRefusal(code);
  return { ...gone(http), reason: `Slack answered ${http}.` };
};

const gone = (http: number) =>
  ({ status: 'rejected', code: String(http), permanent: true, blame: http === 403 || http === 404 || http === 410 ? 'recipient' : 'message' }) as const;

/** What Slack takes for markup is escaped: who fills in a template can't call the whole channel with `<!channel>`. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A link of Slack's, which its own address can't close. */
const link = (url: string | undefined): readonly string[] => {
  const href = URL.parse(url ?? '')?.href;
  return href === undefined ? [] : [`<${escaped(href.replaceAll('|', '%7C'))}>`];
};

const contentOf = ({ text, title, url, blocks }: ChatMessage) => ({
  text: [...(title === undefined ? [] : [`*${escaped(title)}*`]), escaped(text), ...link(url)].join('\n'),
  ...(blocks ? { blocks } : {}),
});
