import type { ServerResponse } from 'node:http';
import { problem, type Reply } from './answers.ts';

/** What happens to a call. `…_before`: it isn't worked on; `…_after`: it is, and the answer is lost, or can't be read, or says something else. */
export type Fault = Before | After;
type Before = 'rate_limited' | 'error_before' | 'slow_before' | 'cut_before' | 'forbidden' | 'teapot';
type After = 'error_after' | 'slow_after' | 'cut_after' | 'html_after' | 'half_json_after' | 'other_amount' | 'unknown_status' | 'not_known';

/** Which call it strikes: the next that moves something, or the very next. */
export type Struck = { fault: Fault; call: 'moving' | 'any' };

type End = (response: ServerResponse, reply: Reply) => void;
const json = (http: number, text: string | undefined): End => {
  return (response) => void response.writeHead(http, { 'content-type': 'application/json' }).end(text);
};
const html = (http: number): End => {
  return (response) => void response.writeHead(http, { 'content-type': 'text/html' }).end('<html><body>Please try again later</body></html>');
};
const cut: End = (response) => void response.destroy();
const silence: End = () => {};

const textOf = ({ body }: Reply): string => JSON.stringify(body ?? {});
const rewritten =
  (pattern: RegExp, by: string): End =>
  (response, reply) =>
    json(reply.http, textOf(reply).replaceAll(pattern, by))(response, reply);

const before: Record<Before, End> = {
  rate_limited: json(429, JSON.stringify(problem(429).body)),
  error_before: json(500, JSON.stringify(problem(500).body)),
  slow_before: silence,
  cut_before: cut,
  forbidden: json(403, JSON.stringify(problem(403, 'PERMISSION_DENIED').body)),
  teapot: html(418),
};

const after: Record<After, End> = {
  error_after: before.error_before,
  slow_after: silence,
  cut_after: (response, reply) => {
    const text = textOf(reply);
    response.writeHead(reply.http, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  },
  html_after: html(200),
  half_json_after: (response, reply) => json(reply.http, textOf(reply).slice(0, textOf(reply).length / 2))(response, reply),
  other_amount: rewritten(/"value":"[\d.]+"/g, '"value":"1.23"'),
  unknown_status: rewritten(/"status":"COMPLETED"/g, '"status":"ON_HOLIDAY"'),
  not_known: rewritten(/^.*$/gs, '{"something":"else"}'),
};

const isBefore = (fault: Fault): fault is Before => Object.hasOwn(before, fault);

/** Ends a call that isn't to be worked on; false where it is. */
export const struckBefore = (fault: Fault | undefined, response: ServerResponse): boolean => {
  if (!fault || !isBefore(fault)) return false;
  before[fault](response, { http: 0 });
  return true;
};

export const answer = (fault: Fault | undefined, response: ServerResponse, reply: Reply): void => {
  const plain = json(reply.http, reply.body === undefined ? undefined : JSON.stringify(reply.body));
  (fault && !isBefore(fault) ? after[fault] : plain)(response, reply);
};
