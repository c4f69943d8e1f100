import type { ChannelOutcome, ChatMessage, MessageChannel } from '../channel.ts';
import type { Answered } from '../http/exchange.ts';
import { openExchanger } from '../http/exchange.ts';
import { usualOutcome } from '../http/usual-outcome.ts';
import { hookOf } from './hooks.ts';

export type TeamsSettings = {
  /** Hosts of workflows' webhooks; those below them count too. */
  webhookHosts: readonly string[];
  timeoutMs: number;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  ca?: string;
  now?: () => number;
};

export const teamsDefaults = { webhookHosts: ['logic.azure.com', 'api.powerplatform.com', 'webhook.office.com'], timeoutMs: 15_000 };

/** Of all that is posted, by Microsoft's "Format cards in Microsoft Teams". */
const longestBytes = 28 * 1024;

/** Teams by a workflow "when a webhook request is received", as an Adaptive Card. A repeated message would show twice. */
export const openTeams = async (settings: TeamsSettings): Promise<MessageChannel<'chat'>> => {
  const { webhookHosts, timeoutMs, ca, now = Date.now } = settings;
  const exchanger = openExchanger({ reuse: true });
  const send = async (message: ChatMessage): Promise<ChannelOutcome> => {
    if (!('teamsUrl' in message.to)) {
      return { status: 'rejected', code: 'wrong_address', permanent: true, reason: 'The address is none of Teams.', blame: 'configuration' };
    }
    const url = hookOf(message.to.teamsUrl, webhookHosts);
    if (!url) return { status: 'rejected', code: 'invalid_url', permanent: true, reason: 'The address is no webhook of Teams.', blame: 'recipient' };
    const body = JSON.stringify(postOf(message));
    if (Buffer.byteLength(body) > longestBytes) {
      return { status: 'rejected', code: 'too_long', permanent: true, reason: 'Teams takes 28 KB at most.', blame: 'message' };
    }
    const usual = usualOutcome('Teams', await exchanger.post({ url, headers: { 'Content-Type': 'application/json' }, body, timeoutMs, ca }), now());
    return 'outcome' in usual ? usual.outcome : outcomeOf(usual.answered, message.deliveryId);
  };
  const takes = ({ to }: ChatMessage) => 'teamsUrl' in to;
  // Each workflow has limits of its own.
  const limitedBy = ({ to }: ChatMessage) => ('teamsUrl' in to ? to.teamsUrl : '');
  return { name: 'teams', channel: 'chat', repeatable: false, takes, limitedBy, send, close: async () => exchanger.close() };
};

const outcomeOf = ({ http, text }: Answered, deliveryId: string): ChannelOutcome => {
  const reason = `Teams answered ${http}.`;
  // Connectors, the predecessors of workflows, answer 200 and say in words that they have not.
  if (http === 200 && /HTTP error 429/.test(text)) return { status: 'throttled', retryAfterMs: null, reason: 'Teams has too much to do.' };
  if (http === 200 && /delivery failed/i.test(text)) return { status: 'unavailable', reason: 'Teams could not deliver.' };
  if (http >= 200 && http < 300) return { status: 'accepted', reference: deliveryId };
  // The address carries its own signature: who is not let in has an address that is no longer one, as with a workflow that is gone or off.
  const gone = [401, 403, 404, 410].includes(http) || /Workflow(NotFound|TriggerIsNotEnabled|TriggerNotFound)/.test(text);
  return { status: 'rejected', code: String(http), permanent: true, reason, blame: gone ? 'recipient' : 'message' };
};

const postOf = ({ text, title, url }: ChatMessage) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          ...(title === undefined ? [] : [{ type: 'TextBlock', text: title, weight: 'Bolder', size: 'Medium', wrap: true }]),
          { type: 'TextBlock', text, wrap: true },
        ],
        ...(url === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open', url }] }),
      },
    },
  ],
});
