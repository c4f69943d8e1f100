import type { EventDescription } from '../../domain/event.ts';
import type { Box, PersonalData, Sealed } from '../personal-data/personal-data.ts';
import type { EventMetadata, StoredEvent, Unsealed } from './event-store.ts';
import { type Path, parsePath, put, type Taken, take } from './personal-paths.ts';
import type { Recorded } from './recorded.ts';

/** What one event type needs: nothing, or what to seal and for whom. */
type Description = { personal?: never } | { personal: readonly Path[]; subject(data: object, streamId: string): string };
type KnownTypes = ReadonlyMap<string, Description>;
/** Any aggregate's `EventCatalogue`. */
export type Catalogue = Readonly<Record<string, EventDescription<object>>>;

/** An event on its way into the store; its id is fixed before its data are sealed, because the seal is bound to it. */
export type Draft = { id: string; type: string; data: object };
export type Encoded = Draft & { unsealed?: Unsealed };

export type Codec = {
  /** Seals the personal fields under the keys of those they are of. The data of an event without any are handed on as they are. */
  encode: (stream: string, drafts: readonly Draft[]) => Promise<readonly Encoded[]>;
  /** Opens them: absent for those erased since. Throws on a type that no catalogue knows, and on what isn't an event of ours. */
  decode: (events: readonly StoredEvent[]) => Promise<readonly Recorded[]>;
};

/** Where the sealed fields of an event stand in its data. */
const sealKey = '$sealed';

/** The catalogues of all aggregates that this process may read: event types are unique across them. */
export const codec = ({ catalogues, personalData }: { catalogues: readonly Catalogue[]; personalData: PersonalData }): Codec => {
  const known = merge(catalogues);
  const describe = (type: string, where: string): Description => {
    const description = known.get(type);
    if (!description)
      throw new Error(`event type "${type}" (${where}) is unknown to this release: start one that knows it, or add it to its aggregate's catalogue`);
    return description;
  };

  const seal = async (stream: string, draft: Draft): Promise<Encoded> => {
    const description = describe(draft.type, stream);
    if (!description.personal) return draft;
    const taken: Taken = {};
    const rest = take(draft.data, description.personal, taken);
    if (Object.keys(taken).length === 0) return draft;
    const sealed = await personalData.seal(description.subject(draft.data, streamIdOf(stream)), draft.id, taken);
    return sealed ? { ...draft, data: { ...rest, [sealKey]: sealed }, unsealed: () => draft.data } : { ...draft, data: rest };
  };

  return {
    encode: (stream, drafts) => Promise.all(drafts.map((draft) => seal(stream, draft))),
    decode: (events) => {
      for (const { type, stream, revision } of events) if (!known.has(type)) describe(type, `${stream}@${revision}`);
      return openSealed(personalData, events);
    },
  };
};

// Whatever the catalogue says today: what was sealed when it was written is opened.
const openSealed = async (personalData: PersonalData, events: readonly StoredEvent[]): Promise<readonly Recorded[]> => {
  const boxes: Box[] = [];
  const boxed = new Map<number, number>();
  for (const [index, { id, data, unsealed }] of events.entries()) {
    const sealed = sealedIn(data);
    if (sealed) boxed.set(index, boxes.push({ subject: sealed.subject, box: sealed.box, context: id, ...(unsealed && { content: unsealed() }) }) - 1);
  }
  const opened = boxes.length > 0 ? await personalData.open(boxes) : [];
  return events.map((event, index) => {
    const n = boxed.get(index);
    return record(event, n === undefined ? event.data : whole(event, opened[n]));
  });
};

/** What is at hand as it was, unless the person was erased since; or what is put together again. */
const whole = ({ data, unsealed }: StoredEvent, opened: unknown): unknown => (opened !== undefined && opened === unsealed?.() ? opened : unseal(data, opened));

/** `payment-<id>` → `<id>`. */
export const streamIdOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

const merge = (catalogues: readonly Catalogue[]): KnownTypes => {
  const known = new Map<string, Description>();
  for (const [type, entry] of catalogues.flatMap((one) => Object.entries(one))) {
    if (known.has(type)) throw new Error(`two aggregates have an event type "${type}": types are unique across aggregates`);
    known.set(type, entry.personal ? { personal: entry.personal.map(parsePath), subject: entry.subject } : {});
  }
  return known;
};

const record = ({ type, id, stream, revision, position, metadata }: StoredEvent, data: unknown): Recorded => {
  if (!isObject(data) || !isMetadata(metadata))
    throw new Error(`event ${revision} of ${stream} ("${type}") was not written by this application: its data or metadata are not in our form`);
  return { type, data, id, stream, streamId: streamIdOf(stream), revision, position, at: metadata.at, metadata };
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isMetadata = (value: unknown): value is EventMetadata =>
  isObject(value) &&
  'commandId' in value &&
  typeof value.commandId === 'string' &&
  'at' in value &&
  typeof value.at === 'string' &&
  'hash' in value &&
  typeof value.hash === 'string';

const sealedIn = (data: unknown): Sealed | undefined => {
  const sealed: unknown = isObject(data) && sealKey in data ? data[sealKey] : undefined;
  return isObject(sealed) && 'subject' in sealed && typeof sealed.subject === 'string' && 'box' in sealed && typeof sealed.box === 'string'
    ? { subject: sealed.subject, box: sealed.box }
    : undefined;
};

const unseal = (data: unknown, taken: unknown): object => {
  const { [sealKey]: _, ...rest }: Record<string, unknown> = { ...(isObject(data) && data) };
  return isTaken(taken) ? put(rest, taken) : rest;
};
const isTaken = (value: unknown): value is Taken => isObject(value);
