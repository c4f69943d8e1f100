/** As it was proposed. `data` and `metadata` are kept byte for byte; `id` is canonical. */
export type ProposedEvent = { readonly id: string; readonly type: string; readonly json: boolean; readonly data: Buffer; readonly metadata: Buffer };

/** As it stands in the log. Positions begin at 1 and have no gaps; commit and prepare position are the same. */
export type StoredEvent = ProposedEvent & {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  /** Unix time in ticks of 100 ns: more than a number holds exactly, so its digits. */
  readonly created: string;
};

/** Expected revisions are EventStoreDB's numbers: 0 and up is that very revision. */
export const NO_STREAM = -1;
export const ANY = -2;
export const STREAM_EXISTS = -4;

export const EMPTY: Buffer = Buffer.alloc(0);

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const originalOf = (metastream: string): string => metastream.slice(2);

export const LINK = '$>';
export const METADATA = '$metadata';
export const TOMBSTONE = '$streamDeleted';

/** The current time in ticks of 100 ns. */
export const ticks = (milliseconds: number): string => `${milliseconds}0000`;
