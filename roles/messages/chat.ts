import type { messageProviders } from '../../platform/config/message-variables.ts';
import { listIn, type Wiring } from './wiring.ts';

export const chatWiring: Record<(typeof messageProviders)['chat'][number], Wiring<'chat'>> = {
  slack: ({ SLACK_BOT_TOKEN: token = null, SLACK_BASE_URL: baseUrl, SLACK_WEBHOOKS, SLACK_WEBHOOK_HOSTS }) =>
    token || SLACK_WEBHOOKS === 'true'
      ? async () => {
          const { openSlack, slackDefaults } = await import('../../providers/message/chat/slack.ts');
          const webhookHosts = SLACK_WEBHOOKS === 'true' ? (listIn(SLACK_WEBHOOK_HOSTS) ?? slackDefaults.webhookHosts) : [];
          return openSlack({ ...slackDefaults, token, webhookHosts, ...(baseUrl && { apiUrl: `${baseUrl.replace(/\/$/, '')}/` }) });
        }
      : undefined,
  teams: ({ TEAMS_WEBHOOKS, TEAMS_WEBHOOK_HOSTS }) =>
    TEAMS_WEBHOOKS === 'true'
      ? async () => {
          const { openTeams, teamsDefaults } = await import('../../providers/message/chat/teams.ts');
          return openTeams({ ...teamsDefaults, webhookHosts: listIn(TEAMS_WEBHOOK_HOSTS) ?? teamsDefaults.webhookHosts });
        }
      : undefined,
};
