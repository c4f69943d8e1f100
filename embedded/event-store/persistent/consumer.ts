import { type Resolved, readEventFrame, type UuidForm } from '../encode.ts';
import type { Call } from '../grpc.ts';

/** An event on its way to a consumer. Its id is the link's, if it came by one. */
export type Message = {
  readonly id: string;
  /** Where it stands in the source; undefined if it comes from the parked ones. */
  readonly sequence: number | undefined;
  readonly resolved: Resolved;
  readonly retryCount: number;
};

export type InFlight = { readonly message: Message; readonly sentAt: number };

/** A connected consumer, and what it has been sent and not answered. */
export type Consumer = {
  readonly call: Call;
  readonly size: number;
  readonly inFlight: ReadonlyMap<string, InFlight>;
  readonly send: (message: Message) => void;
  /** Takes a message back, answered or not. */
  readonly take: (id: string, answered: boolean) => Message | undefined;
  readonly measure: () => Measured;
};

export type Measured = { total: number; since: number; perSecond: number; latencies: readonly number[] };

const KEPT_LATENCIES = 1_000;

export const newConsumer = (call: Call, size: number, uuids: UuidForm, keepLatencies: boolean): Consumer => {
  const inFlight = new Map<string, InFlight>();
  const connectedAt = performance.now();
  const latencies: number[] = [];
  let total = 0;
  let measuredTotal = 0;
  return {
    call,
    size,
    inFlight,
    send: (message) => {
      inFlight.set(message.id, { message, sentAt: performance.now() });
      total++;
      call.write(readEventFrame(message.resolved, uuids, message.retryCount));
    },
    take: (id, answered) => {
      const found = inFlight.get(id);
      if (!found) return undefined;
      inFlight.delete(id);
      if (answered && keepLatencies) latencies[total % KEPT_LATENCIES] = performance.now() - found.sentAt;
      return found.message;
    },
    measure: () => {
      const since = total - measuredTotal;
      measuredTotal = total;
      const seconds = Math.max(1, (performance.now() - connectedAt) / 1_000);
      return { total, since, perSecond: Math.round(total / seconds), latencies: keepLatencies ? Object.values(latencies) : [] };
    },
  };
};
