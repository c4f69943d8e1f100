import type { FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Plain JSON: what a route answers is its own to choose. With `check`, an answer that its schema doesn't describe is an error. */
export const serializerCompiler =
  (check: boolean): FastifySerializerCompiler<TSchema> =>
  ({ schema, method, url, httpStatus }) => {
    if (!check) return JSON.stringify;
    const validator = Compile(schema);
    return (answer) => {
      const json = JSON.stringify(answer);
      const value: unknown = JSON.parse(json);
      if (validator.Check(value)) return json;
      const faults = validator.Errors(value).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
      throw new Error(`${method} ${url} answers ${httpStatus} with what its schema does not describe: ${faults.join('; ')}`);
    };
  };
