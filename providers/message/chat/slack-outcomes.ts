import type { Blame, ChannelOutcome } from '../channel.ts';

type Meaning = Exclude<Blame, 'destination'> | 'throttled' | 'unavailable' | 'unknown';

// The errors of chat.postMessage and of incoming webhooks, by Slack's reference. What it lists and we don't is the message's fault.
const meanings: Readonly<Record<string, Meaning>> = {
  channel_not_found: 'recipient',
  channel_is_archived: 'recipient',
  is_archived: 'recipient',
  user_not_found: 'recipient',
  no_service: 'recipient',
  no_service_id: 'recipient',
  no_team: 'recipient',
  team_disabled: 'recipient',
  invalid_token: 'recipient',
  action_prohibited: 'recipient',
  posting_to_general_channel_denied: 'recipient',
  access_denied: 'configuration',
  accesslimited: 'configuration',
  account_inactive: 'configuration',
  ekm_access_denied: 'configuration',
  enterprise_is_restricted: 'configuration',
  invalid_auth: 'configuration',
  missing_scope: 'configuration',
  no_permission: 'configuration',
  not_allowed_token_type: 'configuration',
  not_authed: 'configuration',
  org_login_required: 'configuration',
  team_access_not_granted: 'configuration',
  token_expired: 'configuration',
  token_revoked: 'configuration',
  two_factor_setup_required: 'configuration',
  message_limit_exceeded: 'throttled',
  rate_limited: 'throttled',
  ratelimited: 'throttled',
  request_timeout: 'unavailable',
  service_unavailable: 'unavailable',
  team_added_to_org: 'unavailable',
  // "It's possible some aspect of the operation succeeded."
  fatal_error: 'unknown',
  internal_error: 'unknown',
};

/** What an error of Slack's means. */
export const slackRefusal = (code: string): ChannelOutcome => {
  const meaning = meanings[code] ?? 'message';
  const reason = `Slack answered ${code}.`;
  switch (meaning) {
    case 'throttled':
      return { status: 'throttled', retryAfterMs: null, reason };
    case 'unavailable':
    case 'unknown':
      return { status: meaning, reason };
    case 'recipient':
    case 'configuration':
    case 'message':
      return { status: 'rejected', code, permanent: true, reason, blame: meaning };
  }
};
