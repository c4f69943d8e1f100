import type { Resolved } from './encode.ts';
import { LINK, type StoredEvent } from './event.ts';
import type { EventLog } from './log.ts';

/** `revision@stream`, the data of a link event. */
export const linkTarget = (data: Buffer): { stream: string; revision: number } | undefined => {
  const text = data.toString('utf8');
  const at = text.indexOf('@');
  const digits = text.slice(0, Math.max(at, 0));
  return /^\d{1,15}$/.test(digits) && at + 1 < text.length ? { stream: text.slice(at + 1), revision: Number(digits) } : undefined;
};

/** The events as read, with links followed if asked; a link to nothing comes without an event. */
export const resolved = async (log: EventLog, events: readonly StoredEvent[], follow: boolean): Promise<readonly Resolved[]> => {
  const plain = (event: StoredEvent): Resolved => ({ event, link: undefined });
  if (!follow || !events.some(({ type }) => type === LINK)) return events.map(plain);
  const targets = events.map(({ type, data }) => (type === LINK ? linkTarget(data) : undefined));
  const wanted = targets.filter((target) => target !== undefined);
  const found = new Map<string, StoredEvent>();
  for (const event of await log.at(
    wanted.map(({ stream }) => stream),
    wanted.map(({ revision }) => revision),
  )) {
    found.set(`${event.revision}@${event.stream}`, event);
  }
  return events.map((event, index) => {
    if (event.type !== LINK) return plain(event);
    const target = targets[index];
    return { event: target && found.get(`${target.revision}@${target.stream}`), link: event };
  });
};
