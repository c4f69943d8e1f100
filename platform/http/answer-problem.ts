import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bodyLimit } from './json-body.ts';
import { unavailable } from './outage.ts';
import { type HttpStatus, isProblem, type Problem, problem } from './problem.ts';
import { isInvalidPart } from './validation.ts';

const titles: Record<HttpStatus, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Every error, whoever threw it, leaves as `application/problem+json`; what is unexpected leaves nothing but its trace id. */
export const answerProblems = (app: FastifyInstance): void => {
  app.decorateRequest('problemCode');
  app.setErrorHandler((error, request, reply) => {
    const answer = problemOf(error);
    const { status, code } = answer.problem;
    // The body says nothing of the cause, so the log must; what a route answers on purpose has no other cause.
    if (status >= 500 && !isProblem(error)) {
      const level = status === 503 ? 'warn' : 'error';
      request.log[level]({ err: error, code, method: request.method, route: request.routeOptions.url, caller: request.caller?.id }, code);
    }
    return send(answer, request, reply);
  });
};

export const send = (
  { message, problem: { status, code, detail, errors, headers, members } }: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  request.problemCode = code;
  return reply
    .code(status)
    .headers(headers ?? {})
    .type('application/problem+json')
    .send(problemJson({ status, code, detail: detail ?? message, traceId: request.id, errors, members }));
};

type Members = Problem['problem'];
type Content = Pick<Members, 'status' | 'code'> & {
  detail: string;
  traceId: string;
  errors: Members['errors'] | undefined;
  members: Members['members'] | undefined;
};

export const problemJson = ({ status, code, detail, traceId, errors, members }: Content): string =>
  JSON.stringify({ ...members, type: `urn:problem:${code}`, title: titles[status], status, detail, code, traceId, errors });

const problemOf = (error: unknown): Problem => {
  if (isProblem(error)) return error;
  if (isInvalidPart(error)) {
    const paths = error.invalid.map(({ path }) => path).join(', ');
    return problem(400, 'invalid_request', {
      detail: `The request is not valid: ${paths.length > 300 ? `${paths.slice(0, 300)}…` : paths}.`,
      errors: error.invalid,
    });
  }
  const outage = unavailable(error);
  if (outage) return outage;
  const known = error instanceof Error && 'code' in error ? fastifyProblems[String(error.code)] : undefined;
  return known?.() ?? ofStatus(error) ?? problem(500, 'internal_error', { detail: 'Something went wrong here. It is logged under the trace id.' });
};

const unsupported = () => problem(415, 'unsupported_media_type', { detail: 'Send the body as application/json.' });
export const malformed = () => problem(400, 'malformed_request', { detail: 'The request is not valid HTTP.' });

// https://fastify.dev/docs/latest/Reference/Errors/
const fastifyProblems: Readonly<Record<string, () => Problem>> = {
  // The document stores' own.
  invalid_cursor: () =>
    problem(400, 'invalid_request', {
      detail: 'The cursor is not one that this list gave, or its filters have changed. Start without a cursor.',
      errors: [{ path: 'query.cursor', message: 'must be the nextCursor of the same list, with the same filters' }],
    }),
  FST_ERR_CTP_BODY_TOO_LARGE: () => problem(413, 'body_too_large', { detail: `The body is larger than ${bodyLimit / 1024} KiB.` }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupported,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: malformed,
  FST_ERR_CTP_INVALID_JSON_BODY: () => problem(400, 'malformed_json', { detail: 'The body is not valid JSON.' }),
  FST_ERR_BAD_URL: malformed,
};

/** Errors of the server or its plugins that are the caller's fault; their own messages may quote what was sent. */
const ofStatus = (error: unknown): Problem | undefined => {
  const status = (error as Partial<FastifyError> | undefined)?.statusCode;
  return status !== undefined && status >= 400 && status < 500 ? malformed() : undefined;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that was answered, for the log. */
    problemCode: string | undefined;
  }
}
