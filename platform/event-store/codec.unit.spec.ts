import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventCatalogue } from '../../domain/event.ts';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import type { PersonalData } from '../personal-data/personal-data.ts';
import { codec, type Draft } from './codec.ts';
import type { StoredEvent } from './event-store.ts';
import { parsePath, put, take } from './personal-paths.ts';
import { account } from './sample.ts';

type PersonEvent =
  | {
      type: 'PersonMet';
      data: {
        personId: string;
        name?: string;
        address?: { street: string; city: string };
        contacts?: { email?: string; kind: string; phones?: { number: string }[] }[];
      };
    }
  | { type: 'ThingDone'; data: { amount: number } };
const catalogue: EventCatalogue<PersonEvent> = {
  PersonMet: { personal: ['name', 'address.street', 'contacts.*.email', 'contacts.*.phones.*.number'], subject: ({ personId }) => personId },
  ThingDone: {},
};

const metadata = { commandId: 'c', actor: 'a', at: '2026-05-01T10:00:00Z', $correlationId: '', $causationId: '', previousHash: '', hash: 'h' };
const stored = ({ id, type, data }: Draft, more: Partial<StoredEvent> = {}): StoredEvent => ({
  id,
  type,
  data: JSON.parse(JSON.stringify(data)),
  stream: 'person-p1',
  revision: 3,
  position: 7n,
  metadata,
  at: '2026-05-01T10:00:01Z',
  ...more,
});
const given = (personalData: PersonalData = inMemoryPersonalData()) => {
  const { encode, decode } = codec({ catalogues: [catalogue, account.catalogue], personalData });
  const roundTrip = async (...data: PersonEvent['data'][]) => {
    const drafts = data.map((one, n) => ({ id: `e${n}`, type: 'amount' in one ? 'ThingDone' : 'PersonMet', data: one }));
    const encoded = await encode('person-p1', drafts);
    return { encoded, decode: async () => (await decode(encoded.map((one) => stored(one)))).map((event) => event.data) };
  };
  return { encode, decode, roundTrip, personalData };
};
const met = (personId: string) => ({
  personId,
  name: 'Ada Lovelace',
  address: { street: '12 St James’s Square', city: 'London' },
  contacts: [{ kind: 'home', email: 'ada@example.org', phones: [{ number: '123' }, { number: '456' }] }, { kind: 'work' }],
});

describe('the codec', () => {
  it('seals what is personal, leaves the rest readable, and gives all of it back', async () => {
    const { encoded, decode } = await given().roundTrip(met('ada'), { amount: 5 });
    const text = JSON.stringify(encoded);
    for (const secret of ['Lovelace', 'St James', 'ada@example', '123', '456']) expect(text).not.toContain(secret);
    for (const open of ['London', 'home', 'work']) expect(text).toContain(open);
    expect(await decode()).toEqual([met('ada'), { amount: 5 }]);
  });

  it('does not open what it has at hand, unless the person was erased since', async () => {
    const all = given();
    const [ada, bob] = await all.encode('person-p1', [
      { id: 'e0', type: 'PersonMet', data: met('ada') },
      { id: 'e1', type: 'PersonMet', data: met('bob') },
    ]);
    if (!ada?.unsealed || !bob?.unsealed) throw new Error('nothing was sealed');
    expect(ada.unsealed()).toEqual(met('ada'));
    const unreadable = { ...ada.data, $sealed: { subject: 'ada', box: '' } };
    const decoded = () =>
      all
        .decode([stored({ ...ada, data: unreadable }, { ...(ada.unsealed && { unsealed: ada.unsealed }) }), stored(bob)])
        .then((events) => events.map(({ data }) => data));
    expect(await decoded()).toEqual([met('ada'), met('bob')]);
    await all.personalData.erase('ada');
    expect(await decoded()).toEqual([
      { personId: 'ada', address: { city: 'London' }, contacts: [{ kind: 'home', phones: [{}, {}] }, { kind: 'work' }] },
      met('bob'),
    ]);
  });

  it('hands on as it is an event that has nothing personal', async () => {
    const data = { amount: 5 };
    const { encoded } = await given().roundTrip(data, { personId: 'bob' });
    expect(encoded[0]?.data).toBe(data);
    expect(encoded[1]?.data).toEqual({ personId: 'bob' });
  });

  it('leaves out the fields of an erased person, and keeps none of them from then on', async () => {
    const all = given();
    const { decode } = await all.roundTrip(met('ada'), met('bob'));
    await all.personalData.erase('ada');
    const without = { personId: 'ada', address: { city: 'London' }, contacts: [{ kind: 'home', phones: [{}, {}] }, { kind: 'work' }] };
    expect(await decode()).toEqual([without, met('bob')]);
    const later = await all.roundTrip(met('ada'));
    expect(later.encoded[0]?.data).toEqual(without);
    expect(await later.decode()).toEqual([without]);
  });

  it('opens a batch with one question for all its people', async () => {
    let questions = 0;
    const inner = inMemoryPersonalData();
    const { roundTrip } = given({
      ...inner,
      open: (boxes) => {
        questions++;
        return inner.open(boxes);
      },
    });
    await (await roundTrip(met('a'), met('b'), { amount: 1 }, met('c'))).decode();
    expect(questions).toBe(1);
    await (await roundTrip({ amount: 1 })).decode();
    expect(questions).toBe(1);
  });

  it('still opens what was sealed when the catalogue no longer calls it personal', async () => {
    const personalData = inMemoryPersonalData();
    const { encoded } = await given(personalData).roundTrip(met('ada'));
    const later = codec({ catalogues: [{ PersonMet: {} }], personalData });
    expect((await later.decode(encoded.map((one) => stored(one))))[0]?.data).toEqual(met('ada'));
  });

  it('gives the envelope of an event', async () => {
    const [event] = await given().decode([stored({ id: 'e', type: 'ThingDone', data: { amount: 1 } }, { stream: 'person-a-b' })]);
    expect(event).toEqual({
      id: 'e',
      type: 'ThingDone',
      data: { amount: 1 },
      stream: 'person-a-b',
      streamId: 'a-b',
      revision: 3,
      position: 7n,
      at: metadata.at,
      metadata,
    });
  });

  it('names what it doesn’t know, and what isn’t ours', async () => {
    const { encode, decode } = given();
    await expect(async () => decode([stored({ id: 'e', type: 'Strange', data: {} })])).rejects.toThrow('"Strange" (person-p1@3) is unknown');
    await expect(async () => encode('person-p1', [{ id: 'e', type: 'Strange', data: {} }])).rejects.toThrow('"Strange"');
    await expect(async () => decode([stored({ id: 'e', type: 'ThingDone', data: {} }, { metadata: {} })])).rejects.toThrow('not written by this application');
    expect(() => codec({ catalogues: [catalogue, catalogue], personalData: inMemoryPersonalData() })).toThrow('two aggregates');
    expect(() => codec({ catalogues: [{ T: { personal: ['a.*'], subject: () => 's' } }], personalData: inMemoryPersonalData() })).toThrow('"a.*"');
  });

  it('refuses a sealed field that was moved to another event', async () => {
    const { encode, decode } = given();
    const [one] = await encode('person-p1', [{ id: 'e1', type: 'PersonMet', data: met('ada') }]);
    if (!one) throw new Error('nothing was encoded');
    await expect(decode([stored(one, { id: 'e2' })])).rejects.toThrow('e2');
  });
});

describe('paths to personal data', () => {
  it('put back exactly what they took, wherever it was, and touch nothing else', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.record({ x: fc.string() }));
    const keys = fc.constantFrom('a', 'b', 'c');
    const tree = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 4 }, leaf, fc.dictionary(keys, tie('node'), { maxKeys: 3, noNullPrototype: true }), fc.array(tie('node'), { maxLength: 3 })),
    })).node;
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1, maxLength: 4 })
      .filter((parts) => parts.at(-1) !== '*')
      .map((parts) => parsePath(parts.join('.')));
    fc.assert(
      fc.property(fc.dictionary(keys, tree, { maxKeys: 3, noNullPrototype: true }), fc.array(path, { minLength: 1, maxLength: 3 }), (data, paths) => {
        const before = structuredClone(data);
        const taken = {};
        const rest = take(data, paths, taken);
        expect(data).toEqual(before);
        expect(put(rest, taken)).toEqual(data);
        if (Object.keys(taken).length > 0) expect(rest).not.toEqual(data);
      }),
      { numRuns: 500 },
    );
  });
});
