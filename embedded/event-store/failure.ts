/** How a gRPC call fails: the status, its message, and the trailers by which the client chooses its error. */
export type Failure = Error & { readonly grpc: { readonly code: number; readonly trailers: Readonly<Record<string, string>> } };

/** https://grpc.io/docs/guides/status-codes/ */
export const code = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
} as const;

export const failure = (status: number, message: string, trailers: Readonly<Record<string, string>> = {}): Failure =>
  Object.assign(new Error(message), { grpc: { code: status, trailers } });

export const isFailure = (error: unknown): error is Failure => error instanceof Error && 'grpc' in error;

export const streamDeleted = (stream: string): Failure =>
  failure(code.failedPrecondition, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

export const wrongExpectedVersion = (operation: string, stream: string, expected: number, actual: number): Failure =>
  failure(
    code.failedPrecondition,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      'actual-version': String(actual),
    },
  );

/** The largest append, in bytes of data, metadata and (two bytes a character) type names, as EventStoreDB counts it. */
export const MAX_APPEND_SIZE = 1_048_576;

export const maximumAppendSizeExceeded = (): Failure =>
  failure(code.invalidArgument, `Maximum Append Size of ${MAX_APPEND_SIZE} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND_SIZE),
  });

export const timedOut = (): Failure => failure(code.deadlineExceeded, 'The deadline passed before the events were written');

export const unavailable = (message: string): Failure => failure(code.unavailable, message);

export const invalid = (message: string): Failure => failure(code.invalidArgument, message);
