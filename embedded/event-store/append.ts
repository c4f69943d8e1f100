import { ANY, type ProposedEvent, STREAM_EXISTS } from './event.ts';
import { code, failure, invalid, MAX_APPEND_SIZE, maximumAppendSizeExceeded, streamDeleted, timedOut, unavailable } from './failure.ts';
import { frameOf } from './frames.ts';
import type { Method } from './grpc.ts';
import { checkStreamName, readProposed, readTarget, sizeOf, type Target } from './proposal.ts';
import { message, messageField, numberField, readerOf, readVarint, skip } from './wire.ts';
import type { Outcome } from './write.ts';
import type { Writer } from './writer.ts';

/** Streams.Append: one message of options, then one an event; one answer. */
export const append = (writer: Writer): Method => ({
  kind: 'client-stream',
  open: (call) => {
    let target: Target | undefined;
    let failed = false;
    let bytes = 0;
    const events: ProposedEvent[] = [];
    const fail = (error: unknown) => {
      failed = true;
      call.fail(error);
    };
    const take = (request: Buffer) => {
      const reader = readerOf(request);
      while (reader.at < reader.end) {
        const tag = readVarint(reader);
        if (tag === 0x0a) {
          target = readTarget(reader);
          checkStreamName(target.stream);
        } else if (tag === 0x12) {
          const event = readProposed(reader);
          bytes += sizeOf(event);
          if (bytes > MAX_APPEND_SIZE) throw maximumAppendSizeExceeded();
          events.push(event);
        } else skip(reader, tag);
      }
    };
    return {
      message: (request) => {
        if (failed) return;
        try {
          take(request);
        } catch (error) {
          fail(error);
        }
      },
      end: () => {
        if (failed || call.isClosed()) return;
        if (!target) {
          fail(invalid('The append says nothing of its stream'));
          return;
        }
        const { stream, expected } = target;
        const answer = (outcome: Outcome) => {
          try {
            call.write(frameOf(answerTo(stream, expected, outcome)));
            call.finish();
          } catch (error) {
            call.fail(error);
          }
        };
        writer.submit({ kind: 'append', stream, expected, events, deadline: Infinity, answer });
      },
    };
  },
});

/** @throws (as a gRPC failure) where the answer isn't an AppendResp */
const answerTo = (stream: string, expected: number, outcome: Outcome): Buffer => {
  switch (outcome.outcome) {
    case 'written': {
      const { revision, position } = outcome;
      return messageField(1, numberField(1, revision), messageField(3, numberField(1, position), numberField(2, position)));
    }
    case 'nothing':
      return messageField(1, outcome.revision < 0 ? messageField(2) : numberField(1, outcome.revision), messageField(4));
    case 'wrong-version':
      return messageField(2, ...wrongVersion(expected, outcome.actual));
    case 'deleted':
    case 'timed-out':
    case 'refused':
    case 'lost':
      throw failureOf(stream, outcome);
  }
};

// EventStoreDB fills the fields of 20.6.0 and the newer ones.
const wrongVersion = (expected: number, actual: number): Buffer[] => {
  const current = actual < 0 ? [messageField(2), messageField(7)] : [numberField(1, actual), numberField(6, actual)];
  if (expected === ANY) return [...current, messageField(4), messageField(9)];
  if (expected === STREAM_EXISTS) return [...current, messageField(5), messageField(10)];
  return expected < 0 ? [...current, messageField(11)] : [...current, numberField(3, expected), numberField(8, expected)];
};

/** A write that came to nothing, as a gRPC failure. */
export const failureOf = (stream: string, outcome: Extract<Outcome, { outcome: 'deleted' | 'timed-out' | 'refused' | 'lost' }>): Error => {
  switch (outcome.outcome) {
    case 'deleted':
      return streamDeleted(stream);
    case 'timed-out':
      return timedOut();
    case 'refused':
      return failure(code.unknown, `Nothing was written. ${outcome.reason}`);
    case 'lost':
      return unavailable(outcome.reason);
  }
};

/** A position, as DeleteResp and TombstoneResp have it. */
export const positionMessage = (position: number): Buffer => message(messageField(1, numberField(1, position), numberField(2, position)));
