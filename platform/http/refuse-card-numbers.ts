import type { FastifyInstance, FastifyRequest } from 'fastify';
import { holdsCardNumber } from './card-number.ts';
import { cardNumberRefused } from './json-body.ts';

/** Thirteen digits in a row, perhaps with what a space or dash looks like in a URL between them. */
const worthALook = /\d(?:(?:[ +-]|%20|%2d|%c2%a0){0,3}\d){12}|%[e3]/i;

/** Refuses a card number in path or query; `acceptJson` does so in bodies. */
export const refuseCardNumbersInUrls = (app: FastifyInstance): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    const path = worthALook.test(request.url) ? pathOfCardNumber(request) : undefined;
    return path === undefined ? done() : done(cardNumberRefused(path));
  });
};

const pathOfCardNumber = ({ url, params, query }: FastifyRequest): string | undefined => {
  const holds = ([name, value]: [string, unknown]): boolean => [name, ...[value].flat()].some((text) => holdsCardNumber(String(text)));
  const parameter = Object.entries(params ?? {}).find(holds);
  if (parameter) return parameter[0] === '*' ? 'path' : `path.${parameter[0]}`;
  const filter = Object.entries(query ?? {}).find(holds);
  if (filter) return holdsCardNumber(filter[0]) ? 'query' : `query.${filter[0]}`;
  return decoded(url.split('?', 1)[0] ?? '').some(holdsCardNumber) ? 'path' : undefined;
};

const decoded = (path: string): string[] => {
  try {
    return decodeURIComponent(path).split('/');
  } catch {
    return path.split('/');
  }
};
