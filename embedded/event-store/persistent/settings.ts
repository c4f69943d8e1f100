import type { Expression } from '../filter.ts';
import type { From } from '../read-request.ts';

/** How events are shared out among the consumers of a group. */
export type Strategy = 'DispatchToSingle' | 'RoundRobin' | 'Pinned';
export const strategies: readonly Strategy[] = ['DispatchToSingle', 'RoundRobin', 'Pinned'];

/** As the client gives them. Times in milliseconds; a maximum of 0 subscribers is none. */
export type GroupSettings = {
  readonly startFrom: From;
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeout: number;
  readonly maxRetryCount: number;
  readonly checkpointAfter: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: Strategy;
};

export const ALL = '$all';

/** A persistent subscription as it is kept. `source` is a stream or `$all`; sequences are its revisions or positions. */
export type GroupRecord = {
  readonly source: string;
  readonly group: string;
  readonly settings: GroupSettings;
  readonly filter: { readonly on: 'stream' | 'type'; readonly expression: Expression } | undefined;
  /** The first sequence to deliver, as `startFrom` stood when the group was made. */
  readonly startAt: number;
  /** All up to this sequence has been dealt with. */
  readonly checkpoint: number | undefined;
};
