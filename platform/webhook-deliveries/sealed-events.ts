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

/** In the order given; without the personal fields of those erased. */
export const openEvents = async (personalData: Pick<PersonalData, 'open'>, events: readonly SealedEvent[]): Promise<readonly OutgoingEvent[]> => {
  const boxed = events.flatMap(({ sealed, ...event }) => (sealed ? [{ ...sealed, context: contextOf(event) }] : []));
  const opened = boxed.length === 0 ? [] : [...(await personalData.open(boxed))];
  return events.map(({ id, type, time, data, sealed }) => {
    const taken = sealed ? opened.shift() : undefined;
    return { id, type, time, data: { ...(isTaken(taken) ? put(data, taken) : data) } };
  });
};

const contextOf = ({ id }: { id: string }): string => `webhook:${id}`;
const isTaken = (value: unknown): value is Taken => typeof value === 'object' && value !== null;
