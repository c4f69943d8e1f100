import { ANY, NO_STREAM, type ProposedEvent, STREAM_EXISTS } from './event.ts';
import { code, invalid, isFailure, MAX_APPEND_SIZE, unavailable } from './failure.ts';
import { FRAME_HEADER, frameOf, newFrame } from './frames.ts';
import type { Call, Method } from './grpc.ts';
import { checkStreamName, readProposed, readTarget, sizeOf, type Target } from './proposal.ts';
import {
  bytesField,
  message,
  messageField,
  numberField,
  type Reader,
  readBytes,
  readerOf,
  readVarint,
  skip,
  textField,
  varintSize,
  writeVarint,
} from './wire.ts';
import type { Outcome } from './write.ts';
import type { Writer } from './writer.ts';

/** An append whose last part hasn't come. `refused` ones have been answered: the rest of them is to be ignored. */
type Pending = { state: 'gathering'; target: Target; events: ProposedEvent[]; bytes: number } | { state: 'refused' };

/** Streams.BatchAppend: appends on one long-lived call, each in one or more parts, each answered by itself. */
export const batchAppend = (writer: Writer): Method => ({
  kind: 'client-stream',
  open: (call) => {
    const pending = new Map<string, Pending>();
    let ended = false;
    let unanswered = 0;
    const submit = (correlation: Buffer, { stream, expected, deadline }: Target, events: readonly ProposedEvent[]) => {
      unanswered++;
      const answer = (outcome: Outcome) => {
        unanswered--;
        if (outcome.outcome === 'lost') {
          call.fail(unavailable(outcome.reason));
          return;
        }
        call.write(answerFrame(correlation, stream, expected, outcome));
        if (ended && unanswered === 0) call.finish();
      };
      writer.submit({ kind: 'append', stream, expected, events, deadline, answer });
    };
    return {
      message: (request) => {
        if (call.isClosed()) return;
        takePart(request, pending, call, submit);
        if (!writer.isCongested()) return;
        call.pause();
        writer.onRelief(call.resume);
      },
      end: () => {
        ended = true;
        if (unanswered === 0) call.finish();
      },
    };
  },
});

type Submit = (correlation: Buffer, target: Target, events: readonly ProposedEvent[]) => void;

const takePart = (request: Buffer, pending: Map<string, Pending>, call: Call, submit: Submit): void => {
  const reader = readerOf(request);
  let correlation: Buffer | undefined;
  let target: Target | undefined;
  const events: ProposedEvent[] = [];
  let bytes = 0;
  let final = false;
  try {
    while (reader.at < reader.end) {
      const tag = readVarint(reader);
      if (tag === 0x0a) correlation = readBytes(reader);
      else if (tag === 0x12) target = readTarget(reader);
      else if (tag === 0x1a) {
        const event = readProposed(reader);
        bytes += sizeOf(event);
        events.push(event);
      } else if (tag === 0x20) final = readVarint(reader) !== 0;
      else skip(reader, tag);
    }
    if (target) checkStreamName(target.stream);
  } catch (error) {
    if (!correlation || !isFailure(error)) {
      call.fail(error);
      return;
    }
    refuse(pending, correlation, isFinal(request), call, answerBadRequest(correlation, target, error.message));
    return;
  }
  if (!correlation) {
    call.fail(invalid('An append without a correlation id'));
    return;
  }
  gather({ correlation, target, events, bytes, final }, pending, call, submit);
};

type Part = { correlation: Buffer; target: Target | undefined; events: ProposedEvent[]; bytes: number; final: boolean };

const gather = ({ correlation, target, events, bytes, final }: Part, pending: Map<string, Pending>, call: Call, submit: Submit): void => {
  // By far the most appends come in one part.
  const isWhole = final && target !== undefined;
  const id = isWhole && pending.size === 0 ? '' : correlation.toString('latin1');
  const begun = pending.get(id);
  if (begun?.state === 'refused') {
    if (final) pending.delete(id);
    return;
  }
  const append = begun ?? (target && { state: 'gathering' as const, target, events: [], bytes: 0 });
  const refuseWith = (answer: Buffer) => refuse(pending, correlation, final, call, answer);
  if (!append) {
    refuseWith(answerBadRequest(correlation, target, 'The first part of an append must bring its options'));
    return;
  }
  append.bytes += bytes;
  const { stream, expected, deadline } = append.target;
  if (deadline <= Date.now()) {
    refuseWith(answerFrame(correlation, stream, expected, { outcome: 'timed-out' }));
    return;
  }
  if (append.bytes > MAX_APPEND_SIZE) {
    refuseWith(answerTooLarge(correlation, append.target));
    return;
  }
  const all = append.events.length === 0 ? events : append.events.concat(events);
  if (final) {
    pending.delete(id);
    submit(correlation, append.target, all);
  } else pending.set(id, { ...append, events: all });
};

// The client forgets an append once it is answered, and breaks if it is answered twice.
const refuse = (pending: Map<string, Pending>, correlation: Buffer, final: boolean, call: Call, answer: Buffer): void => {
  const id = correlation.toString('latin1');
  if (pending.get(id)?.state !== 'refused') call.write(answer);
  if (final) pending.delete(id);
  else pending.set(id, { state: 'refused' });
};

const isFinal = (request: Buffer): boolean => {
  const reader: Reader = readerOf(request);
  while (reader.at < reader.end) {
    const tag = readVarint(reader);
    if (tag === 0x20) return readVarint(reader) !== 0;
    skip(reader, tag);
  }
  return false;
};

/** One answer: the correlation id as it came, what it came to, and the stream and expectation again. */
const answerFrame = (correlation: Buffer, stream: string, expected: number, outcome: Exclude<Outcome, { outcome: 'lost' }>): Buffer => {
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

const answerTooLarge = (correlation: Buffer, { stream, expected }: Target): Buffer =>
  errorFrame(correlation, stream, expected, code.invalidArgument, 'MaximumAppendSizeExceeded', numberField(1, MAX_APPEND_SIZE));

const answerBadRequest = (correlation: Buffer, target: Target | undefined, reason: string): Buffer =>
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
