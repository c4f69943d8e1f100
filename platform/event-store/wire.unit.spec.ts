import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, writeAppend } from './append-wire.ts';
import { cursor, enter, lengthDelimited, readBigint, readNumber, readText, readUuid, skip, unsigned, varintSize, writeVarint } from './protobuf.ts';
import { readAnswerOf } from './read-wire.ts';

const text = (field: number, value: string) => lengthDelimited(field, Buffer.from(value));

/** A message as a tree: numbers, and bytes. */
const fieldsOf = (message: Buffer): [number, bigint | Buffer][] => {
  const of = cursor(message);
  const fields: [number, bigint | Buffer][] = [];
  while (of.at < of.end) {
    const tag = readNumber(of);
    if ((tag & 7) === 0) fields.push([tag >> 3, readBigint(of)]);
    else {
      const { buffer, at, end } = enter(of);
      fields.push([tag >> 3, buffer.subarray(at, end)]);
    }
  }
  return fields;
};
const only = (message: Buffer, ...path: number[]): Buffer =>
  path.reduce((inner, field) => {
    const found = fieldsOf(inner).find(([one]) => one === field)?.[1];
    if (!Buffer.isBuffer(found)) throw new Error(`no field ${field}`);
    return found;
  }, message);

describe('varints', () => {
  it('read back as they were written, up to 64 bits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const out = Buffer.alloc(10);
        expect(writeVarint(out, 0, value)).toBe(varintSize(value));
        expect(readNumber(cursor(out))).toBe(value);
        expect(readBigint(cursor(out))).toBe(BigInt(value));
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(readBigint(cursor(unsigned(1, value).subarray(1)))).toBe(value);
      }),
    );
  });

  it('cut short are an error, not a value', () => {
    expect(() => readNumber(cursor(Buffer.from([0x80])))).toThrow('cut short');
    expect(() => enter(cursor(Buffer.from([5, 1])))).toThrow('cut short');
    expect(() => skip(cursor(Buffer.from([0])), 3)).toThrow('wire type 3');
  });
});

describe('an append on the wire', () => {
  it('holds what is asked, whatever the sizes and characters', () => {
    const fields = fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string({ maxLength: 200, unit: 'grapheme' }), fc.integer()), {
      maxKeys: 4,
      noNullPrototype: true,
    });
    const event = fc.record({ id: fc.uuid(), type: fc.string({ minLength: 1, unit: 'grapheme' }), data: fields, metadata: fields });
    const expected = fc.oneof(fc.nat(), fc.constantFrom('any' as const, 'no_stream' as const));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 3 }), fc.string({ maxLength: 300, unit: 'grapheme' }), expected, (events, stream, revision) => {
        const correlationId = '00000000-0000-4000-8000-000000000001';
        const message = writeAppend({ correlationId, stream, expected: revision, deadline: new Date(1_700_000_000_123), events });
        expect(readUuid(cursor(lengthDelimited(1, only(message, 1)).subarray(1)))).toBe(correlationId);
        expect(only(message, 2, 1, 3).toString()).toBe(Buffer.from(stream).toString());
        const options = fieldsOf(only(message, 2));
        expect(options[1]).toEqual(typeof revision === 'number' ? [2, BigInt(revision)] : [revision === 'no_stream' ? 3 : 4, Buffer.alloc(0)]);
        expect(fieldsOf(only(message, 2, 6))).toEqual([
          [1, 1_700_000_000n],
          [2, 123_000_000n],
        ]);
        const proposed = fieldsOf(message)
          .filter(([field]) => field === 3)
          .map(([, bytes]) => (Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0)));
        expect(proposed.map((one) => only(one, 1, 2).toString())).toEqual(events.map(({ id }) => id));
        expect(proposed.map((one) => JSON.parse(only(one, 4).toString()))).toEqual(events.map(({ data }) => JSON.parse(JSON.stringify(data))));
        expect(proposed.map((one) => JSON.parse(only(one, 3).toString()))).toEqual(events.map(({ metadata }) => JSON.parse(JSON.stringify(metadata))));
        expect(
          proposed.map((one) =>
            fieldsOf(one)
              .filter(([field]) => field === 2)
              .map(([, entry]) => (Buffer.isBuffer(entry) ? only(entry, 2).toString() : '')),
          ),
        ).toEqual(events.map(({ type }) => [Buffer.from(type).toString(), 'application/json']));
        expect(fieldsOf(message).at(-1)).toEqual([4, 1n]);
      }),
    );
  });

  it('refuses an id that is no UUID', () => {
    expect(() => writeAppend({ correlationId: 'x', stream: 's', expected: 'any', deadline: new Date(), events: [] })).toThrow('UUID');
  });

  it('reads every answer', () => {
    const id = '0a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d';
    const halves = lengthDelimited(1, lengthDelimited(1, unsigned(1, 0x0a1b2c3d4e5f4a6bn), unsigned(2, 0x8c7d8e9f0a1b2c3dn)));
    const success = (...fields: Buffer[]) => Buffer.concat([lengthDelimited(1, text(2, id)), lengthDelimited(3, ...fields)]);
    const error = (name: string) =>
      Buffer.concat([
        halves,
        lengthDelimited(2, unsigned(1, 6n), text(2, 'why'), lengthDelimited(3, text(1, `type.googleapis.com/event_store.client.${name}`), text(2, 'x'))),
      ]);
    const position = lengthDelimited(3, unsigned(1, 2n ** 60n), unsigned(2, 1n));
    expect(readAnswer(success(unsigned(1, 7n), position))).toEqual({ correlationId: id, kind: 'appended', revision: 7, position: 2n ** 60n });
    expect(readAnswer(success(lengthDelimited(2), position))).toMatchObject({ kind: 'appended', revision: 0 });
    expect(readAnswer(error('WrongExpectedVersion'))).toEqual({ correlationId: id, kind: 'wrong_revision' });
    expect(readAnswer(error('AccessDenied'))).toEqual({ correlationId: id, kind: 'failed', error: 'AccessDenied', message: 'why' });
    expect(readAnswer(Buffer.concat([halves, text(9, 'new in a later version')]))).toMatchObject({ kind: 'failed' });
  });
});

describe('a read on the wire', () => {
  it('passes over what it doesn’t know, and takes data that are no JSON as text', () => {
    const entry = (key: string, value: string) => lengthDelimited(6, text(1, key), text(2, value));
    const recorded = lengthDelimited(
      1,
      lengthDelimited(1, text(2, 'id')),
      lengthDelimited(2, text(3, 's')),
      unsigned(3, 4n),
      unsigned(4, 9n),
      unsigned(5, 9n),
      entry('created', '17000000001230000'),
      entry('type', 'T'),
      text(8, 'not json'),
      text(12, '?'),
    );
    expect(readAnswerOf(lengthDelimited(1, recorded, unsigned(3, 9n)))).toEqual({
      kind: 'event',
      event: { id: 'id', stream: 's', revision: 4, position: 9n, type: 'T', data: 'not json', metadata: undefined, at: '2023-11-14T22:13:20.123Z' },
    });
    expect(readAnswerOf(lengthDelimited(9))).toEqual({ kind: 'other' });
    expect(readText(cursor(text(1, 'é').subarray(1)))).toBe('é');
  });
});
