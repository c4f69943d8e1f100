import { personalPaths, subjectOf } from '../bus/public-events.ts';
import { parsePath, put, type Taken, take } from '../event-store/personal-paths.ts';
import type { PersonalData, Sealed } from '../personal-data/personal-data.ts';
import type { OutgoingEvent } from './webhook-deliveries.ts';

/** As it lies in the table: personal fields apart, under the key of whose they are. */
export type SealedEvent = Omit<OutgoingEvent, 'data'> & { data: object; sealed: Sealed | null };

const paths = personalPaths.map(parsePath);

export const sealEvent = async (personalData: Pick<PersonalData, 'seal'>, event: OutgoingEvent): Promise<SealedEvent> => {
  const taken: Taken = {};
  const data = take(event.data, paths, taken);
  if (Object.keys(taken).length === 0) return { ...event, sealed: null };
  // Whoever was erased meanwhile has no key: then it is sent without.
  const sealed = await personalData.seal(subjectOf(event.data, event.id), contextOf(event), taken);
  return { ...event, data, sealed: sealed ?? null };
};

/** In the order given; without the personal fields of those erased. Undefined for one whose box doesn't open: it holds up no other. */
export const openEvents = async (personalData: Pick<PersonalData, 'open'>, events: readonly SealedEvent[]): Promise<readonly (OutgoingEvent | undefined)[]> => {
  const boxed = events.flatMap(({ sealed, ...event }) => (sealed ? [{ ...sealed, context: contextOf(event) }] : []));
  if (boxed.length === 0) return events.map((event) => whole(event, undefined));
  try {
    const opened = [...(await personalData.open(boxed))];
    return events.map((event) => whole(event, event.sealed ? opened.shift() : undefined));
  } catch (error) {
    // The keys out of reach, or one of the boxes broken.
    if (events.length === 1) throw error;
    const each = await Promise.allSettled(events.map((event) => openEvents(personalData, [event])));
    if (each.every(({ status }) => status === 'rejected')) throw error;
    return each.map((one) => (one.status === 'fulfilled' ? one.value[0] : undefined));
  }
};

const whole = ({ id, type, time, data }: SealedEvent, taken: unknown): OutgoingEvent => ({
  id,
  type,
  time,
  data: { ...(isTaken(taken) ? put(data, taken) : data) },
});

const contextOf = ({ id }: { id: string }): string => `webhook:${id}`;
const isTaken = (value: unknown): value is Taken => typeof value === 'object' && value !== null;
