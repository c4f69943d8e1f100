// What one user is to be told together: a window opens with the first, and closes when its time is over or it is full.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** Windows are counted from 1. `notificationId`: of one that is to be told in the window. */
export type DigestEvent =
  | { type: 'DigestOpened'; data: { window: number; at: string; closesAt: string; cap: number; notificationId: string } }
  | { type: 'DigestJoined'; data: { at: string; notificationId: string } }
  | { type: 'DigestClosed'; data: { window: number; at: string } }
  /** Everything in it has been told. */
  | { type: 'DigestSettled'; data: { window: number; at: string } };

export type DigestWindow = { window: number; notificationIds: readonly string[] };
/** `closed`: what is yet to be told. */
export type Digest = { windows: number; open: (DigestWindow & { closesAt: string; cap: number }) | null; closed: readonly DigestWindow[] };

const evolve = (digest: Digest, event: DigestEvent): Digest => {
  switch (event.type) {
    case 'DigestOpened': {
      const { window, closesAt, cap, notificationId } = event.data;
      return { ...digest, windows: window, open: { window, closesAt, cap, notificationIds: [notificationId] } };
    }
    case 'DigestJoined':
      if (digest.open === null) throw new Error('DigestJoined while none is open');
      return { ...digest, open: { ...digest.open, notificationIds: [...digest.open.notificationIds, event.data.notificationId] } };
    case 'DigestClosed': {
      if (digest.open === null) throw new Error('DigestClosed while none is open');
      const { window, notificationIds } = digest.open;
      return { ...digest, open: null, closed: [...digest.closed, { window, notificationIds }] };
    }
    case 'DigestSettled':
      return { ...digest, closed: digest.closed.filter(({ window }) => window !== event.data.window) };
  }
};

export type DigestCommand =
  | { type: 'Join'; at: string; notificationId: string; windowSeconds: number; cap: number }
  /** Before its time nothing happens. */
  | { type: 'Close'; at: string; window: number }
  | { type: 'Settle'; at: string; window: number };

export type DigestRejection = 'digest_not_found';

const decide = (command: DigestCommand, digest: Digest): Decision<DigestEvent, DigestRejection> => {
  if (command.type === 'Join') return accept(...join(command, digest));
  if (digest.windows === 0) return reject('digest_not_found');
  const { at, window } = command;
  if (command.type === 'Settle') return digest.closed.some((one) => one.window === window) ? accept({ type: 'DigestSettled', data: { window, at } }) : accept();
  return digest.open?.window === window && isOver(digest.open, at) ? accept({ type: 'DigestClosed', data: { window, at } }) : accept();
};

type Join = Extract<DigestCommand, { type: 'Join' }>;

const join = (command: Join, digest: Digest): readonly DigestEvent[] => {
  const { at, notificationId } = command;
  const { open } = digest;
  if ([open, ...digest.closed].some((one) => one?.notificationIds.includes(notificationId))) return [];
  if (open === null) return begin(command, digest.windows + 1);
  const closed: DigestEvent = { type: 'DigestClosed', data: { window: open.window, at } };
  if (isOver(open, at)) return [closed, ...begin(command, open.window + 1)];
  const joined: DigestEvent = { type: 'DigestJoined', data: { at, notificationId } };
  return open.notificationIds.length + 1 < open.cap ? [joined] : [joined, closed];
};

const begin = ({ at, notificationId, windowSeconds, cap }: Join, window: number): readonly DigestEvent[] => {
  const closesAt = new Date(Date.parse(at) + windowSeconds * 1_000).toISOString();
  const opened: DigestEvent = { type: 'DigestOpened', data: { window, at, closesAt, cap, notificationId } };
  return cap > 1 ? [opened] : [opened, { type: 'DigestClosed', data: { window, at } }];
};

const isOver = ({ closesAt }: { closesAt: string }, at: string): boolean => closesAt <= at;

export const digest: Decider<Digest, DigestCommand, DigestEvent, DigestRejection> = {
  initialState: { windows: 0, open: null, closed: [] },
  decide,
  evolve,
};

export const digestCatalogue: EventCatalogue<DigestEvent> = { DigestOpened: {}, DigestJoined: {}, DigestClosed: {}, DigestSettled: {} };

/** What the write side needs to know of digests. */
export const digestAggregate = { category: 'digest', decider: digest, catalogue: digestCatalogue };
