import { Value } from 'typebox/value';
import { halfSetUp } from './config/half-set-up.ts';
import { messageFaults } from './config/message-variables.ts';
import { neededByProvider, wrongSandboxNames } from './config/provider-variables.ts';
import { type Role, rolesOf } from './config/roles.ts';
import { unknownVariables } from './config/unknown-variables.ts';
import { type Settings, Variables } from './config/variables.ts';

export { type Role, roles } from './config/roles.ts';

/** The variables by their own names, and the roles of this process. */
export type Config = Settings & { roles: readonly Role[] };

/** What is wrong with the environment or the command line, one line each, fit to be printed. */
export type ConfigError = Error & { faults: readonly string[] };
export const isConfigError = (error: unknown): error is ConfigError => error instanceof Error && 'faults' in error;

/** Reads everything at once, and throws a `ConfigError` that names all that is malformed or unknown. An empty variable counts as not set. */
export const parseConfig = (environment: Readonly<Record<string, string | undefined>>, argv: readonly string[]): Config => {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== '');
  const { roles, faults: roleFaults } = rolesOf(argv);
  const read = Value.Default(
    Variables,
    Object.fromEntries(set.filter(([name]) => name in Variables.properties).map(([name, text]) => [name, readAs(name, text)])),
  );
  const malformed = [...new Set(Value.Errors(Variables, read).map(({ instancePath }) => instancePath.slice(1)))].map((name) =>
    malformedVariable(name, environment[name]),
  );
  const settings = Value.Check(Variables, read) ? read : undefined;
  const faults = [...roleFaults, ...unknownVariables(set.map(([name]) => name)), ...malformed, ...(settings ? contradictions(settings) : [])];
  if (faults.length > 0 || !settings) throw Object.assign(new Error(faults.join('\n')), { faults });
  return { ...settings, roles };
};

type Described = Readonly<Record<string, unknown>>;
const describedAs = (name: string): Described => {
  const schema: unknown = Object.entries(Variables.properties).find(([known]) => known === name)?.[1];
  return typeof schema === 'object' && schema !== null ? { ...schema } : {};
};

/** Whole numbers in their plain spelling; everything else stays the text that it is. */
const readAs = (name: string, text: string): unknown => (describedAs(name).type === 'integer' && /^\d{1,15}$/.test(text.trim()) ? Number(text) : text.trim());

const malformedVariable = (name: string, text = ''): string => {
  const { expected, secret } = describedAs(name);
  return `${name} ${secret ? 'has a value that is not right' : `is ${JSON.stringify(text)}`}: expected ${expected}`;
};

/** Variables that are right by themselves, but not together. */
const contradictions = ({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE, COMMAND_WAIT_MS, COMMAND_MAX_WAIT_MS, ...others }: Settings): string[] => {
  const jwt = Object.entries({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE });
  const missing = jwt.filter(([, value]) => value === undefined).map(([name]) => name);
  const taken = [others.PAYMENT_PORT, others.NOTIFICATION_PORT, others.EVENTSTORE_PORT].filter((port) => port !== 0);
  return [
    ...(missing.length > 0 && missing.length < jwt.length
      ? [`${missing.join(' and ')} must be set too: tokens are only taken from a known issuer, for a known audience`]
      : []),
    ...halfSetUp(others, neededByProvider),
    ...messageFaults(others),
    ...wrongSandboxNames(others.SANDBOX_NAMES),
    ...(COMMAND_WAIT_MS > COMMAND_MAX_WAIT_MS ? ['COMMAND_WAIT_MS is more than COMMAND_MAX_WAIT_MS'] : []),
    ...(new Set(taken).size < taken.length ? ['PAYMENT_PORT, NOTIFICATION_PORT and EVENTSTORE_PORT must differ'] : []),
  ];
};
