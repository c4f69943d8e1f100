import { randomUUID } from 'node:crypto';
import { type FakeServer, fakeServer, type Reaction } from '../../webhook/fake-server/fake-server.ts';

export const app = { appId: '7c9a1c52-5a0d-4bb1-8c0e-6ad1a1f8b001', apiKey: 'os_v2_app_key' };

export type FakeOneSignal = FakeServer & { made: () => number };

/** OneSignal's "create message", which makes one message of each idempotency key. `reaction`: what it does instead. */
export const fakeOneSignal = async (reaction?: Reaction): Promise<FakeOneSignal> => {
  const made = new Map<string, string>();
  const server = await fakeServer(({ path, headers, body }) => {
    if (reaction !== undefined) return reaction;
    if (path !== '/notifications?c=push') return { status: 404 };
    const { app_id, idempotency_key: key, include_subscription_ids, contents } = JSON.parse(body);
    if (headers.authorization !== `Key ${app.apiKey}` || app_id !== app.appId) return { status: 403, body: { errors: ['Access denied'] } };
    if (include_subscription_ids?.length !== 1 || !contents?.en) return { status: 400, body: { errors: ['Message must have a recipient and English words'] } };
    const id = made.get(key) ?? randomUUID();
    made.set(key, id);
    return { status: 200, body: { id, external_id: null } };
  });
  return { ...server, made: () => made.size };
};
