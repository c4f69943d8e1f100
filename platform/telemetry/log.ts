import { type DestinationStream, pino } from 'pino';

export type LogSettings = { level: string; name: string; destination?: DestinationStream };

/** JSON lines to standard output, or to the destination given: `pino.destination(2)` for standard error. */
export const createLog = ({ level, name, destination = pino.destination({ dest: 1, sync: false }) }: LogSettings): pino.Logger =>
  pino(
    {
      level,
      name,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      // What a child is bound to does not pass the formatter.
      redact: { paths: ['authorization', 'token', 'password', 'secret', 'apiKey', 'card', 'email', 'phone'], censor: '[redacted]' },
      serializers: { err: describeError, error: describeError },
    },
    destination,
  );

/** In any key that has one of these words, at any depth. */
const secret =
  /authori[sz]ation|cookie|passw|passphrase|secret|token|api-?_?key|credential|private|card|pan$|cvc|cvv|iban|e-?mail|phone|address|first_?name|last_?name|^(?:to|from|subject|text|html|body)$/i;
const maxDepth = 6;

const withoutSecrets = (fields: Record<string, unknown>): Record<string, unknown> => redact(fields, 1) as Record<string, unknown>;

const redact = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth > maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, secret.test(key) && inner !== undefined ? '[redacted]' : redact(inner, depth + 1)]),
  );
};

/** Type, message, code and stack only: a database's errors carry the row, an HTTP client's the whole request. */
const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return typeof error === 'object' ? '[not an error]' : error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined;
  return { type: error.name, message: error.message, code, stack: error.stack, cause: error.cause === undefined ? undefined : describeError(error.cause) };
};
