// What BatchAppend answers. Field numbers: streams.proto, status.proto and shared.proto of the client's package.
import { ANY, NO_STREAM, STREAM_EXISTS } from './event.ts';
import { code, MAX_APPEND_SIZE } from './failure.ts';
import { FRAME_HEADER, frameOf, newFrame } from './frames.ts';
import type { Target } from './proposal.ts';
import { bytesField, message, messageField, numberField, textField, varintSize, writeVarint } from './wire.ts';
import type { Outcome } from './write.ts';

/** One answer: the correlation id as it came, what it came to, and the stream and expectation again. */
export const answerFrame = (correlation: Buffer, stream: string, expected: number, outcome: Exclude<Outcome, { outcome: 'lost' }>): Buffer => {
  switch (outcome.outcome) {
    case 'written':
      return successFrame(correlation, stream, expected, outcome.revision, outcome.position);
    case 'nothing':
      return assemble(
        correlation,
        stream,
        expected,
        messageField(3, outcome.revision < 0 ? messageField(2) : numberField(1, outcome.revision), messageField(4)),
      );
    case 'wrong-version':
      return errorFrame(correlation, stream, expected, code.alreadyExists, 'WrongExpectedVersion', wrongVersion(expected, outcome.actual));
    case 'deleted':
      return errorFrame(correlation, stream, expected, code.notFound, 'StreamDeleted', messageField(1, bytesField(3, Buffer.from(stream, 'utf8'))));
    case 'timed-out':
      return errorFrame(correlation, stream, expected, code.deadlineExceeded, 'Timeout', message());
    case 'refused':
      // A type that the client doesn't know, since it shows the message of none that it does.
      return errorFrame(correlation, stream, expected, code.unknown, `the database's refusal, nothing was written. ${outcome.reason}`, message(), 'NotWritten');
  }
};

export const answerTooLarge = (correlation: Buffer, { stream, expected }: Target): Buffer =>
  errorFrame(correlation, stream, expected, code.invalidArgument, 'MaximumAppendSizeExceeded', numberField(1, MAX_APPEND_SIZE));

export const answerBadRequest = (correlation: Buffer, target: Target | undefined, reason: string): Buffer =>
  errorFrame(correlation, target?.stream ?? '', target?.expected ?? ANY, code.invalidArgument, `BadRequest: ${reason}`, textField(1, reason), 'BadRequest');

const errorFrame = (correlation: Buffer, stream: string, expected: number, status: number, text: string, details: Buffer, type = text): Buffer => {
  const any = messageField(3, textField(1, `type.googleapis.com/event_store.client.${type}`), bytesField(2, details));
  return assemble(correlation, stream, expected, messageField(2, numberField(1, status), textField(2, text), any));
};

const assemble = (correlation: Buffer, stream: string, expected: number, result: Buffer): Buffer =>
  frameOf(message(bytesField(1, correlation), result, messageField(4, bytesField(3, Buffer.from(stream, 'utf8'))), expectation(5, expected)));

const wrongVersion = (expected: number, actual: number): Buffer =>
  message(
    actual < 0 ? messageField(2) : numberField(1, actual),
    expected === ANY ? messageField(4) : expected === STREAM_EXISTS ? messageField(5) : expected === NO_STREAM ? messageField(6) : numberField(3, expected),
  );

/** The expected revision as four fields of a oneof: exact, no_stream, any, stream_exists, numbered from `first`. */
const expectation = (first: number, expected: number): Buffer => {
  if (expected >= 0) return numberField(first, expected);
  return messageField(expected === NO_STREAM ? first + 1 : expected === ANY ? first + 2 : first + 3);
};

// The hot one, written in place.
const successFrame = (correlation: Buffer, stream: string, expected: number, revision: number, position: number): Buffer => {
  const nameBytes = Buffer.byteLength(stream, 'utf8');
  const positionSize = 2 * (1 + varintSize(position));
  const successSize = 1 + varintSize(revision) + 2 + positionSize;
  const identifierSize = 1 + varintSize(nameBytes) + nameBytes;
  const expectedSize = expected >= 0 ? 1 + varintSize(expected) : 2;
  const frame = newFrame(
    1 + varintSize(correlation.length) + correlation.length + 2 + successSize + 1 + varintSize(identifierSize) + identifierSize + expectedSize,
  );
  let at = FRAME_HEADER;
  frame[at++] = 0x0a;
  at = writeVarint(frame, at, correlation.length);
  at += correlation.copy(frame, at);
  frame[at++] = 0x1a;
  frame[at++] = successSize;
  frame[at++] = 0x08;
  at = writeVarint(frame, at, revision);
  frame[at++] = 0x1a;
  frame[at++] = positionSize;
  frame[at++] = 0x08;
  at = writeVarint(frame, at, position);
  frame[at++] = 0x10;
  at = writeVarint(frame, at, position);
  frame[at++] = 0x22;
  at = writeVarint(frame, at, identifierSize);
  frame[at++] = 0x1a;
  at = writeVarint(frame, at, nameBytes);
  at += frame.write(stream, at, 'utf8');
  if (expected >= 0) {
    frame[at++] = 0x28;
    writeVarint(frame, at, expected);
    return frame;
  }
  frame[at++] = expected === NO_STREAM ? 0x32 : expected === ANY ? 0x3a : 0x42;
  frame[at] = 0;
  return frame;
};
