import { failureOf, positionMessage } from './append.ts';
import { isMetastream } from './event.ts';
import { invalid, wrongExpectedVersion } from './failure.ts';
import { frameOf } from './frames.ts';
import type { Method } from './grpc.ts';
import { checkStreamName, readTarget, type Target } from './proposal.ts';
import { readerOf, readVarint, skip } from './wire.ts';
import type { Outcome } from './write.ts';
import type { Writer } from './writer.ts';

/** Streams.Delete (kept from reads until it is written to again) and Streams.Tombstone (gone for ever). */
export const remove = (writer: Writer, kind: 'delete' | 'tombstone'): Method => ({
  kind: 'unary',
  handle: async (request) => {
    const { stream, expected } = targetOf(request);
    checkStreamName(stream);
    if (isMetastream(stream)) throw invalid(`${stream} is a metadata stream: it stands and falls with its stream`);
    const outcome = await new Promise<Outcome>((answer) => writer.submit({ kind, stream, expected, events: [], deadline: Infinity, answer }));
    switch (outcome.outcome) {
      case 'written':
        return frameOf(positionMessage(outcome.position));
      case 'wrong-version':
        throw wrongExpectedVersion('Delete', stream, expected, outcome.actual);
      case 'nothing':
        throw new Error(`a ${kind} that came to nothing`);
      case 'deleted':
      case 'timed-out':
      case 'refused':
      case 'lost':
        throw failureOf(stream, outcome);
    }
  },
});

const targetOf = (request: Buffer): Target => {
  const reader = readerOf(request);
  while (reader.at < reader.end) {
    const tag = readVarint(reader);
    if (tag === 0x0a) return readTarget(reader);
    skip(reader, tag);
  }
  throw invalid('The request says nothing of its stream');
};
