import { createHash } from 'node:crypto';
import type { Json, JsonObject } from './openapi.ts';

/** A page that needs no script and nothing from elsewhere: the reference as HTML, made from the OpenAPI document. */
export const docsPage = (document: JsonObject): { html: string; contentSecurityPolicy: string } => {
  const info = objectAt(document, 'info');
  const operations = operationsOf(document);
  // What callers come for first, then how it is run.
  const tags = [...new Set(operations.map(({ tag }) => tag))].sort((a, b) => Number(a === 'Operation') - Number(b === 'Operation'));
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${safe(text(info.title))}</title><style>${style}</style></head>
<body>
<a class="skip" href="#main">Skip to the reference</a>
<header><h1>${safe(text(info.title))} <small>${safe(text(info.version))}</small></h1><p>${safe(text(info.description))}</p><p><a href="/openapi.json">openapi.json</a></p></header>
<nav aria-label="Sections"><ul>${tags.map((tag) => `<li><a href="#${slug(tag)}">${safe(tag)}</a></li>`).join('')}</ul></nav>
<main id="main">${tags.map((tag) => section(tag, operations)).join('\n')}</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(style).digest('base64');
  return { html, contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` };
};

type Operation = { method: string; path: string; tag: string; operation: JsonObject };

const operationsOf = (document: JsonObject): Operation[] =>
  Object.entries(objectAt(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(methods as JsonObject).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      tag: text((operation as { tags?: Json[] }).tags?.[0]),
      operation: operation as JsonObject,
    })),
  );

const section = (tag: string, operations: readonly Operation[]): string =>
  `<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${safe(tag)}</h2>${operations
    .filter((one) => one.tag === tag)
    .map(article)
    .join('')}</section>`;

const article = ({ method, path, operation }: Operation): string => {
  const body = objectAt(objectAt(objectAt(objectAt(operation, 'requestBody'), 'content'), 'application/json'), 'schema');
  const [permission] = Object.values((operation as { security?: Record<string, string[]>[] }).security?.[0] ?? {}).flat();
  return `<details id="${safe(text(operation.operationId))}">
<summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${safe(path)}</code> <span>${safe(text(operation.summary))}</span></summary>
${operation.description ? `<p>${safe(text(operation.description))}</p>` : ''}
<p class="quiet">${permission ? `Needs the permission <code>${safe(permission)}</code>.` : 'Open to all.'}</p>
${parameters((operation.parameters ?? []) as JsonObject[])}
${Object.keys(body).length > 0 ? `<h3>Body</h3><pre>${safe(sketch(body))}</pre>` : ''}
<h3>Answers</h3>${responses(objectAt(operation, 'responses'))}
</details>`;
};

const parameters = (list: readonly JsonObject[]): string =>
  list.length === 0
    ? ''
    : `<h3>Parameters</h3><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">What</th></tr></thead><tbody>${list
        .map(
          (one) =>
            `<tr><td><code>${safe(text(one.name))}</code>${one.required ? ' *' : ''}</td><td>${safe(text(one.in))}</td><td><code>${safe(sketch(one.schema ?? {}))}</code></td></tr>`,
        )
        .join('')}</tbody></table>`;

const responses = (answers: JsonObject): string =>
  Object.entries(answers)
    .map(([status, answer]) => {
      const [type, content] = Object.entries(objectAt(answer as JsonObject, 'content'))[0] ?? [];
      const schema = objectAt((content ?? {}) as JsonObject, 'schema');
      const shape = status === 'default' || Object.keys(schema).length === 0 ? '' : `<pre>${safe(sketch(schema))}</pre>`;
      return `<p><strong>${status}</strong> ${safe(text((answer as JsonObject).description))} <span class="quiet">${safe(type ?? '')}</span></p>${shape}`;
    })
    .join('');

/** A schema in the way that one would jot it down: `{ amount: integer 1…100, currency?: string }`. */
export const sketch = (schema: Json, indent = ''): string => {
  const { type, properties, required, items, anyOf, const: only, enum: allowed, patternProperties, description, $ref } = schema as Record<string, Json>;
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1);
  const deeper = `${indent}  `;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(allowed)) return allowed.map((one) => JSON.stringify(one)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => sketch(one, indent)).join(' | ');
  if (type === 'array') return `[${sketch(items ?? {}, indent)}]`;
  if (properties) {
    const needed = new Set(Array.isArray(required) ? required : []);
    const lines = Object.entries(properties).map(([name, one]) => `${deeper}${name}${needed.has(name) ? '' : '?'}: ${sketch(one, deeper)}`);
    return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
  }
  if (patternProperties) return `{ [name]: ${Object.values(patternProperties).map((one) => sketch(one, deeper))} }`;
  return `${text(type ?? 'any')}${bounds(schema as JsonObject)}${description && indent ? `  // ${text(description)}` : ''}`;
};

const bounds = ({ format, pattern, minimum, maximum, minLength, maxLength, default: initial }: JsonObject): string => {
  const range = minimum !== undefined || maximum !== undefined ? ` ${minimum ?? ''}…${maximum ?? ''}` : '';
  const length = maxLength !== undefined ? `, ${minLength ?? 0} to ${maxLength} characters` : '';
  return `${format ? ` (${text(format)})` : ''}${pattern ? ` /${text(pattern)}/` : ''}${range}${length}${initial === undefined ? '' : `, default ${text(initial)}`}`;
};

const objectAt = (parent: JsonObject, key: string): JsonObject => {
  const found = parent[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as JsonObject) : {};
};
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));
const slug = (tag: string): string => `section-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
const safe = (raw: string): string => raw.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1d2129, #e6e8ec); --quiet: light-dark(#5c6370, #9aa2af); --paper: light-dark(#ffffff, #14171c); --line: light-dark(#dfe3e8, #2b313a); --soft: light-dark(#f5f7f9, #1b2027); --accent: light-dark(#1a56b8, #8ab4f8) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0 } h1 small { color: var(--quiet); font-weight: 400; font-size: 1rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem } h3 { font-size: .85rem; margin: 1rem 0 .25rem; color: var(--quiet) }
a { color: var(--accent) } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px }
nav ul { display: flex; flex-wrap: wrap; gap: .4rem 1rem; padding: .6rem 0; margin: 0; list-style: none; border-block: 1px solid var(--line) }
details { border-bottom: 1px solid var(--line) } summary { padding: .55rem .25rem; cursor: pointer } details[open] { padding-bottom: 1rem } details > :not(summary) { margin-left: 4.4rem }
summary > span:last-child { color: var(--quiet); margin-left: .5rem }
.method { display: inline-block; width: 3.6rem; font: 600 .75rem ui-monospace, monospace; color: var(--accent) } .post, .put, .delete { color: light-dark(#8a4b00, #f0b35e) }
code, pre { font: .85rem/1.5 ui-monospace, monospace } pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow: auto }
table { border-collapse: collapse; width: calc(100% - 4.4rem); font-size: .9rem } th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top } td code { white-space: pre-wrap }
.quiet { color: var(--quiet) } .skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: .5rem }
`;
