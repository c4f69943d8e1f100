export type HttpStatus = 400 | 401 | 402 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

/** What goes into an RFC 9457 answer beside its status and code; other members (`declineCode`, `payment`) are sent as they are. */
export type ProblemDetails = {
  detail?: string;
  errors?: readonly { path: string; message: string }[];
  headers?: Readonly<Record<string, string>>;
  members?: Readonly<Record<string, unknown>>;
};

export type Problem = Error & { problem: { status: HttpStatus; code: string } & ProblemDetails };

/** To be thrown by a route: the app's error handler answers it as `application/problem+json`. `code` is stable, snake_case. */
export const problem = (status: HttpStatus, code: string, details: ProblemDetails = {}): Problem =>
  Object.assign(new Error(details.detail ?? code), { problem: { status, code, ...details } });

export const isProblem = (error: unknown): error is Problem => error instanceof Error && 'problem' in error;
