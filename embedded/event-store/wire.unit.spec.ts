import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventFrame } from './encode.ts';
import type { StoredEvent } from './event.ts';
import { readProposed, readTarget } from './proposal.ts';
import { canonicalUuid, halvesOf, readUuid, writeUuid } from './uuid.ts';
import { LAST_REVISION, readerOf, readVarint, readVarint64, varintSize, writeVarint } from './wire.ts';

const uuid = fc.uuid();
const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const number = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 300 }), fc.constant(LAST_REVISION));

describe('numbers on the wire', () => {
  it('come back as they were, in as many bytes as foretold', () => {
    fc.assert(
      fc.property(number, (value) => {
        const buffer = Buffer.alloc(12);
        const end = writeVarint(buffer, 1, value);
        expect(end - 1).toBe(varintSize(value));
        const read = readVarint({ buffer, at: 1, end });
        expect(read).toBe(value);
        if (value !== LAST_REVISION) expect(readVarint64({ buffer, at: 1, end })).toBe(BigInt(value));
      }),
    );
  });

  it('of 64 bits are exact', () => {
    const buffer = Buffer.alloc(12);
    const end = writeVarint(buffer, 0, LAST_REVISION);
    expect(readVarint64({ buffer, at: 0, end })).toBe(2n ** 63n - 1n);
  });

  it('that are cut short are an error', () => {
    expect(() => readVarint(readerOf(Buffer.from([0x80])))).toThrow('cut short');
  });
});

describe('ids', () => {
  it('are the same as text, as bytes and as two numbers', () => {
    fc.assert(
      fc.property(uuid, (id) => {
        const sixteen = Buffer.alloc(16);
        writeUuid(sixteen, 0, id);
        expect(sixteen.toString('hex')).toBe(id.replaceAll('-', ''));
        const [most, least] = halvesOf(id);
        const structured = new shared.UUID.Structured().setMostSignificantBits(String(most)).setLeastSignificantBits(String(least));
        for (const message of [new shared.UUID().setStructured(structured), new shared.UUID().setString(id.toUpperCase())]) {
          const encoded = Buffer.from(message.serializeBinary());
          expect(readUuid(readerOf(Buffer.concat([Buffer.of(encoded.length), encoded])))).toBe(id);
        }
      }),
    );
  });

  it('that are none are refused', () => {
    for (const given of ['', 'x', '123e4567-e89b-12d3-a456-42661417400', '123e4567e89b12d3a456426614174000']) expect(canonicalUuid(given)).toBeUndefined();
  });
});

const stored = fc.record({
  id: uuid,
  type: text,
  json: fc.boolean(),
  data: bytes,
  metadata: bytes,
  position: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  stream: text,
  revision: number,
  created: fc.maxSafeNat().map((ms) => `${ms}0000`),
});

const seen = (event: StoredEvent, recorded: streams.ReadResp.ReadEvent.RecordedEvent | undefined) => {
  const { id, type, json, data, metadata, position, stream, revision, created } = event;
  expect(recorded?.getId()?.getString()).toBe(id);
  expect(Buffer.from(recorded?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
  expect(recorded?.getStreamRevision()).toBe(revision === LAST_REVISION ? '9223372036854775807' : String(revision));
  expect([recorded?.getCommitPosition(), recorded?.getPreparePosition()]).toEqual([String(position), String(position)]);
  expect(Object.fromEntries(recorded?.getMetadataMap().toObject() ?? [])).toEqual({
    type,
    created,
    'content-type': json ? 'application/json' : 'application/octet-stream',
  });
  expect(Buffer.from(recorded?.getData_asU8() ?? []).equals(data)).toBe(true);
  expect(Buffer.from(recorded?.getCustomMetadata_asU8() ?? []).equals(metadata)).toBe(true);
};

describe('an event as it is sent', () => {
  it('is what the generated classes read', () => {
    fc.assert(
      fc.property(stored, fc.option(stored, { nil: undefined }), (event, link) => {
        const frame = readEventFrame({ event, link }, 'string');
        expect([frame[0], frame.readUInt32BE(1)]).toEqual([0, frame.length - 5]);
        const read = streams.ReadResp.deserializeBinary(frame.subarray(5)).getEvent();
        seen(event, read?.getEvent());
        if (link) seen(link, read?.getLink());
        expect(read?.hasLink()).toBe(link !== undefined);
        expect(read?.getCommitPosition()).toBe(String((link ?? event).position));
      }),
    );
  });

  it('has its id in two numbers if so asked', () => {
    fc.assert(
      fc.property(stored, (event) => {
        const read = streams.ReadResp.deserializeBinary(readEventFrame({ event, link: undefined }, 'structured').subarray(5));
        const id = read.getEvent()?.getEvent()?.getId()?.getStructured();
        expect([id?.getMostSignificantBits(), id?.getLeastSignificantBits()]).toEqual(halvesOf(event.id).map(String));
        expect(Buffer.from(read.getEvent()?.getEvent()?.getData_asU8() ?? []).equals(event.data)).toBe(true);
      }),
    );
  });
});

describe('an append as it is read', () => {
  const prefixed = (message: Uint8Array) => {
    const head = Buffer.alloc(5);
    return readerOf(Buffer.concat([head.subarray(0, writeVarint(head, 0, message.length)), message]));
  };

  it('is what the generated classes wrote', () => {
    fc.assert(
      fc.property(uuid, text, fc.boolean(), bytes, bytes, (id, type, json, data, metadata) => {
        fc.pre(!type.includes('\0'));
        const message = new streams.BatchAppendReq.ProposedMessage().setId(new shared.UUID().setString(id)).setData(data).setCustomMetadata(metadata);
        message
          .getMetadataMap()
          .set('type', type)
          .set('content-type', json ? 'application/json' : 'application/octet-stream')
          .set('other', 'x');
        const read = readProposed(prefixed(message.serializeBinary()));
        expect([read.id, read.type, read.json]).toEqual([id, type, json]);
        expect([read.data.equals(data), read.metadata.equals(metadata)]).toEqual([true, true]);
      }),
    );
  });

  it('has its stream and expected revision', () => {
    const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from('strøm'));
    const options = () => new streams.AppendReq.Options().setStreamIdentifier(identifier);
    const expected = (message: { serializeBinary: () => Uint8Array }) => readTarget(prefixed(message.serializeBinary())).expected;
    expect(readTarget(prefixed(options().setRevision('0').serializeBinary()))).toEqual({ stream: 'strøm', expected: 0, deadline: Infinity });
    expect(expected(options().setRevision('12345678901'))).toBe(12_345_678_901);
    expect([
      expected(options().setNoStream(new shared.Empty())),
      expected(options().setAny(new shared.Empty())),
      expected(options().setStreamExists(new shared.Empty())),
    ]).toEqual([-1, -2, -4]);
  });
});
