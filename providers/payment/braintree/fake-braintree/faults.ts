import type { ServerResponse } from 'node:http';

/** How a call ends that doesn't end as it should. `before`: nothing is accepted; all else is accepted first. */
export type FakeFault =
  | 'rate_limited'
  | 'error_before'
  | 'error_after'
  | 'slow_before'
  | 'slow_after'
  | 'cut_before'
  | 'cut_after'
  | 'html_after'
  | 'half_json_after'
  | 'other_amount'
  | 'unknown_status'
  | 'unavailable'
  | 'empty'
  | 'json'
  | 'drip'
  | 'bad_gzip'
  | 'no_sum'
  | Garbage;

/** Accepted, and answered with this; `cutAt`: the real answer up to there, as a share of it. */
export type Garbage = { status: number; headers: Record<string, string>; body: string | { cutAt: number } };

type Answer = { status: number; body: string };
const xml = { 'content-type': 'application/xml; charset=utf-8' };

/** Bad answers to what was accepted. */
const spoiled: Partial<Record<Exclude<FakeFault, Garbage>, (answer: Answer, response: ServerResponse) => void>> = {
  error_after: (_, response) => response.writeHead(500).end(),
  unavailable: (_, response) => response.writeHead(503).end(),
  empty: (_, response) => response.writeHead(200).end(),
  slow_after: () => {},
  cut_after: ({ status, body }, response) => {
    response.writeHead(status, { ...xml, 'content-length': body.length }).write(body.slice(0, body.length / 2), () => response.destroy());
  },
  drip: ({ status, body }, response) => {
    response.writeHead(status, { ...xml, 'content-length': body.length });
    const bytes = [...body];
    const drops = setInterval(() => response.write(bytes.shift() ?? ''), 5);
    response.once('close', () => clearInterval(drops));
  },
  html_after: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Back soon.</p>'),
  half_json_after: ({ status, body }, response) => response.writeHead(status, xml).end(body.slice(0, body.length / 2)),
  json: (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"half":'),
  bad_gzip: ({ status, body }, response) => response.writeHead(status, { ...xml, 'content-encoding': 'gzip' }).end(body),
  other_amount: ({ status, body }, response) => response.writeHead(status, xml).end(body.replace(/<amount>[^<]*</, '<amount>1.00<')),
  no_sum: ({ status, body }, response) => response.writeHead(status, xml).end(body.replace(/<amount>[^<]*</, '<amount>a lot<')),
  unknown_status: ({ status, body }, response) => response.writeHead(status, xml).end(body.replace(/<status>[^<]*</, '<status>sublimated<')),
};

export const answerWith = (fault: FakeFault, make: () => Answer, response: ServerResponse): void => {
  if (typeof fault === 'object') {
    const { body } = make();
    response.writeHead(fault.status, fault.headers).end(typeof fault.body === 'string' ? fault.body : body.slice(0, body.length * fault.body.cutAt));
    return;
  }
  switch (fault) {
    case 'rate_limited':
      response.writeHead(429).end();
      return;
    case 'error_before':
      response.writeHead(500).end();
      return;
    case 'slow_before':
      return;
    case 'cut_before':
      response.destroy();
      return;
    default:
      spoiled[fault]?.(make(), response);
  }
};
