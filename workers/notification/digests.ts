import { randomUUID } from 'node:crypto';
import { type Delivery, isPending } from '../../domain/notification/delivery.ts';
import type { Digest, DigestCommand, DigestEvent, DigestRejection, DigestWindow } from '../../domain/notification/digest.ts';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { Addresses, Content, DigestTerms, Request } from '../../domain/notification/request.ts';
import { deliveryId } from '../../platform/delivery-id.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { Job, JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Templates } from '../../platform/templates/template.ts';
import { digestQueue } from './jobs.ts';
import type { NotificationHandler } from './worker.ts';

export type DigestHandler = Handler<Digest, DigestCommand, DigestEvent, DigestRejection>;

export type DigestSettings = {
  notifications: Pick<NotificationHandler, 'handle' | 'load'>;
  digests: Pick<DigestHandler, 'handle' | 'load'>;
  templates: Templates;
  jobs: Pick<Jobs, 'add'>;
  now?: () => Date;
};

// Never to be changed: that nothing is told twice hangs on it.
const namespace = '5b0f7c1e-2d1d-4b2a-9a55-1e6f1c0d7a83';

type Digested = Requested & { digest: DigestTerms };
const isDigested = (state: Requested): state is Digested => state.digest !== undefined;

/**
 * One user's digest of what comes by one template (or as ready content) with one key, and is treated alike: whoever wants nothing of one
 * category isn't told of it under another, and what can wait isn't told at night with what can't.
 */
export const digestIdOf = ({ userId, template, category, priority, digest }: Digested): string =>
  v5(JSON.stringify([userId, template?.key ?? null, digest.key, category, priority]), namespace);

const closeJob = (digestId: string, { window, closesAt }: { window: number; closesAt: string }, nowMs: number): Job => ({
  queue: digestQueue,
  id: `${digestId}-${window}`,
  data: { digestId, window: `${window}` },
  delayMs: Math.max(0, Date.parse(closesAt) - nowMs),
});

/**
 * Gathers what is to be told together, and tells it: one notification a window. Every step may be repeated: ids derive from digest and
 * window, and a window is forgotten only once all that was in it knows where it is told.
 */
export const digestWorker = ({ notifications, digests, templates, jobs, now = () => new Date() }: DigestSettings): JobHandler => {
  const run = async (digestId: string, command: DigestCommand): Promise<Digest | undefined> => {
    const commandId = v5(JSON.stringify(command), digestId);
    const handled = await digests.handle(digestId, command, context(commandId, digestId));
    return 'rejected' in handled ? undefined : handled.state;
  };

  const join = async (notificationId: string): Promise<{ digestId: string; digest: Digest | undefined } | undefined> => {
    const loaded = await notifications.load(notificationId);
    if (loaded?.state.status !== 'requested') throw new Error(`notification ${notificationId} was to be told in a digest and isn't there`);
    const { state } = loaded;
    if (!isDigested(state) || !state.deliveries.some(isPending)) return undefined;
    if (state.to === undefined) {
      await leaveOut({ id: notificationId, state });
      return undefined;
    }
    const digestId = digestIdOf(state);
    const { windowSeconds, cap } = state.digest;
    return { digestId, digest: await run(digestId, { type: 'Join', at: now().toISOString(), notificationId, windowSeconds, cap }) };
  };

  const members = async ({ notificationIds }: DigestWindow): Promise<readonly Member[]> => {
    const loaded = await Promise.all(notificationIds.map(async (id) => ({ id, state: (await notifications.load(id))?.state })));
    return loaded.flatMap(({ id, state }) => (state?.status === 'requested' ? [{ id, state }] : []));
  };

  /** Nobody is told any more what somebody was to be told who was erased. */
  const leaveOut = async ({ id, state }: Member): Promise<void> => {
    const results = state.deliveries.filter(isPending).map(erased(now().toISOString()));
    const handled = await notifications.handle(id, { type: 'RecordResults', results }, context(randomUUID(), id));
    if ('rejected' in handled) throw new Error(`the end of notification ${id} was refused: ${handled.rejected}`);
  };

  const tell = async (digestId: string, window: DigestWindow): Promise<void> => {
    const into = v5(`${window.window}`, digestId);
    const told = (await members(window)).filter(({ state }) => isTold(state, into));
    const request = await together(told, { into, at: now().toISOString() }, templates);
    if (request) {
      const handled = await notifications.handle(into, { type: 'Request', request }, context(v5('request', into), digestId));
      if ('rejected' in handled) throw new Error(`digest ${digestId}, window ${window.window}, was refused: ${handled.rejected}`);
      for (const { id } of told) await notifications.handle(id, { type: 'RecordDigest', at: now().toISOString(), into }, context(v5(id, into), digestId));
    }
    await run(digestId, { type: 'Settle', at: now().toISOString(), window: window.window });
  };

  return async ({ data }) => {
    const { notificationId, digestId: named, window } = data;
    const joined = notificationId === undefined ? undefined : await join(notificationId);
    const digestId = joined?.digestId ?? named;
    if (digestId === undefined) return;
    // Of what has joined before, the time may be over.
    const over = joined ? joined.digest?.open?.window : Number(window);
    const digest = over === undefined ? joined?.digest : await run(digestId, { type: 'Close', at: now().toISOString(), window: over });
    for (const closed of digest?.closed ?? []) await tell(digestId, closed);
    if (digest?.open) await jobs.add([closeJob(digestId, digest.open, now().getTime())]);
  };
};

type Member = { id: string; state: Requested };

const erased =
  (at: string) =>
  ({ id }: Delivery): DeliveryEvent => ({ type: 'DeliverySuppressed', data: { deliveryId: id, at, reason: 'recipient_erased' } });

/** What was called off meanwhile isn't told, nor what another window tells, nor what was of somebody who was erased. */
const isTold = ({ to, deliveries, digestedInto }: Requested, into: string): boolean =>
  to !== undefined && (digestedInto === undefined ? deliveries.some(isPending) : digestedInto === into);

/** The one notification that tells them all; undefined where there is nothing left to tell. */
const together = async (members: readonly Member[], { into: id, at }: { into: string; at: string }, templates: Templates): Promise<Request | undefined> => {
  const last = members.at(-1)?.state;
  if (!last) return undefined;
  const template = last.template ?? (await contentTemplate(templates));
  const { userId, category, priority, locale, anyLocale, caller, experiment } = last;
  const parts = members.flatMap(({ state }) => state.deliveries.map(({ channel, target }) => ({ channel, ...(target !== undefined && { target }) })));
  const deliveries = new Map(parts.map((part) => [deliveryId(id, part), part] as const));
  return {
    at,
    userId,
    to: addressesOf(members),
    template,
    data: { ...last.data, ...itemsOf(members) },
    category,
    priority,
    locale,
    ...(anyLocale && { anyLocale }),
    deliveries: [...deliveries].map(([id, part]) => ({ id, ...part })),
    digestOf: members.map(({ id }) => id),
    ...(caller !== undefined && { caller }),
    ...(experiment && { experiment }),
  };
};

/** Where the callers said: each channel has an address, the last that was given for it; and all devices are told. */
const addressesOf = (members: readonly Member[]): Addresses => {
  const given = members.map(({ state }) => state.to ?? {});
  const tokens = new Map(given.flatMap(({ pushTokens = [] }) => pushTokens.map((one) => [one.token, one] as const)));
  return { ...Object.fromEntries(given.flatMap((to) => Object.entries(to))), ...(tokens.size > 0 && { pushTokens: [...tokens.values()] }) };
};

const contentTemplate = async (templates: Templates): Promise<{ key: string; version: number }> => {
  const template = await templates.latest('digest');
  if (!template) throw new Error('there is no template digest, which ready content needs to be told together');
  return { key: template.key, version: template.version };
};

// Beyond this a person counts and doesn't read.
const shownItems = 20;

/** `items`: the variables of each, the newest last; `count`: of all; `more`: how many aren't shown. */
const itemsOf = (members: readonly Member[]) => {
  const items = members.slice(-shownItems).map(({ state }) => state.data ?? wordsOf(state.content ?? {}));
  return { items, count: members.length, more: members.length - items.length };
};

const wordsOf = ({ title, subject, body, text, url }: Content) => ({
  title: title ?? subject ?? body ?? text ?? '',
  ...((body ?? text) !== undefined && { body: body ?? text }),
  ...(url !== undefined && { url }),
});

const context = (commandId: string, correlationId: string) => ({ commandId, actor: 'worker:digests', correlationId, causationId: correlationId });

export type RunDigests = Omit<DigestSettings, 'jobs'> & { jobs: Pick<Jobs, 'add' | 'work'> };

export const runDigests = ({ jobs, ...settings }: RunDigests): Promise<{ stop: () => Promise<void> }> =>
  jobs.work(digestQueue, digestWorker({ ...settings, jobs }), { concurrency: 8 });
