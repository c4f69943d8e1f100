import { answerBadRequest, answerFrame, answerTooLarge } from './batch-answers.ts';
import type { ProposedEvent } from './event.ts';
import { invalid, isFailure, MAX_APPEND_SIZE, unavailable } from './failure.ts';
import type { Call, Method } from './grpc.ts';
import { checkStreamName, readProposed, readTarget, sizeOf, type Target } from './proposal.ts';
import { type Reader, readBytes, readerOf, readVarint, skip } from './wire.ts';
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
