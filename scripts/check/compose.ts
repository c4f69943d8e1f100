import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parseDocument } from 'yaml';

/** What is wrong with docker-compose.yml: against the published schema of the Compose specification (the package dclint carries it), and in what the schema can't say. */
export const composeFaults = async (root: string, schemaFile = join(root, 'node_modules/dclint/schemas/compose.schema.json')): Promise<string[]> => {
  const document = parseDocument(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true, strict: true });
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  const compose: unknown = document.toJS();
  // It names its dialect by another address than Ajv does; draft 7 is what Ajv takes where none is named.
  const { $schema: _, ...schema }: { $schema?: string } = JSON.parse(await readFile(schemaFile, 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const valid = ajv.compile(schema);
  const faults = valid(compose) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  return [...faults, ...danglingNames(compose)];
};

/** Services, volumes and secrets that are named but not declared. */
const danglingNames = (compose: unknown): string[] => {
  const services = fieldsOf(fieldsOf(compose).services);
  const declared = { volumes: names(fieldsOf(compose).volumes), secrets: names(fieldsOf(compose).secrets) };
  return Object.entries(services).flatMap(([name, service]) => {
    const { depends_on, volumes, secrets } = fieldsOf(service);
    const missing = (kind: string, wanted: readonly string[], known: readonly string[]) =>
      wanted.filter((one) => !known.includes(one)).map((one) => `/services/${name} names the ${kind} "${one}", which is not declared`);
    const volumeNames = listOf(volumes).flatMap((volume) => /^([\w-]+):/.exec(volume)?.[1] ?? []);
    return [
      ...missing('service', names(depends_on), names(services)),
      ...missing('volume', volumeNames, declared.volumes),
      ...missing('secret', listOf(secrets), declared.secrets),
    ];
  });
};

const fieldsOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {});
const names = (value: unknown): string[] => (Array.isArray(value) ? listOf(value) : Object.keys(fieldsOf(value)));
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
