import type { FastifyInstance } from 'fastify';
import { send } from './answer-problem.ts';
import { problem } from './problem.ts';

/** 404 for what isn't there, 405 with `Allow` for what is there under other methods. */
export const answerUnknown = (app: FastifyInstance): void => {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsOf.set(url, methods);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set([...methodsOf].filter(([pattern]) => matches(pattern, path)).flatMap(([, methods]) => [...methods]));
    // A wildcard route may itself say that there is no such page.
    if (allowed.size === 0 || allowed.has(request.method))
      return send(problem(404, 'route_not_found', { detail: 'There is nothing here. GET /docs lists what there is.' }), request, reply);
    const allow = [...allowed].sort().join(', ');
    return send(problem(405, 'method_not_allowed', { detail: `Only ${allow} can be asked of this.`, headers: { allow } }), request, reply);
  });
};

const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const open = wanted.at(-1) === '*';
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((part, i) => part === '*' || part === given[i] || (part.startsWith(':') && given[i] !== ''));
};
