import { randomUUID } from 'node:crypto';
import { problem, type Reply } from './answers.ts';

/** Access tokens, given for the client's id and secret. */
export const accessTokens = (clientId: string, clientSecret: string) => {
  const given = new Set<string>();
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return {
    grant: (authorization: string | undefined, body: string): Reply => {
      if (authorization !== basic) return { http: 401, body: { error: 'invalid_client', error_description: 'Client Authentication failed' } };
      if (new URLSearchParams(body).get('grant_type') !== 'client_credentials') return problem(400);
      const token = randomUUID();
      given.add(token);
      return { http: 200, body: { access_token: token, token_type: 'Bearer', app_id: 'APP-1', expires_in: 31_668 } };
    },
    takes: (authorization: string | undefined): boolean => given.has(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? ''),
    expire: () => given.clear(),
  };
};
