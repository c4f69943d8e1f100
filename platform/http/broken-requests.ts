import type { FastifyInstance } from 'fastify';
import { problemJson } from './answer-problem.ts';
import { traceIdOf } from './trace-context.ts';

/** What isn't HTTP never becomes a request; it is answered on the bare socket, with a problem all the same. */
export const answerBrokenRequests = (app: FastifyInstance): void => {
  app.server.removeAllListeners('clientError');
  app.server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const large = error.code === 'HPE_HEADER_OVERFLOW';
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const line = large ? '431 Request Header Fields Too Large' : late ? '408 Request Timeout' : '400 Bad Request';
    const body = problemJson({
      status: 400,
      code: large ? 'headers_too_large' : late ? 'request_timeout' : 'malformed_request',
      detail: large ? 'The headers are larger than 16 KiB.' : late ? 'The request did not arrive in time.' : 'The request is not valid HTTP.',
      traceId: traceIdOf(undefined),
      errors: undefined,
      members: undefined,
    });
    socket.end(`HTTP/1.1 ${line}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  });
};
