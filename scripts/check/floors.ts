import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration, type IReporterOutput, type IViolation } from 'dependency-cruiser';

/**
 * The imports that the rules of .dependency-cruiser.cjs forbid, one line each.
 * dependency-cruiser reads TypeScript through TypeScript's own interface, which version 7 no longer has; so it is given a copy with the types stripped.
 */
export const forbiddenImports = async (root: string, sources: readonly string[]): Promise<string[]> => {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'floors-')));
  try {
    const unreadable = await copyStripped(root, sources, copy);
    const configuration: IConfiguration = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
    const result = await cruise(
      sources.map((source) => asJavaScript(source)),
      { baseDir: copy, validate: true, ruleSet: { forbidden: configuration.forbidden ?? [] }, doNotFollow: { path: 'node_modules' }, outputType: 'json' },
      { exportsFields: ['exports'], conditionNames: ['node', 'import', 'require', 'default', 'types'], extensions: ['.js', '.mjs', '.cjs', '.json', '.d.ts'] },
    );
    return [...unreadable, ...violationsIn(result).map(describe)];
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
};

/** Returns the files that aren't TypeScript; they stand empty in the copy. */
const copyStripped = async (root: string, sources: readonly string[], copy: string): Promise<string[]> => {
  await copyFile(join(root, 'package.json'), join(copy, 'package.json'));
  if (existsSync(join(root, 'node_modules'))) await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const unreadable: string[] = [];
  for (const source of sources) {
    const target = join(copy, asJavaScript(source));
    await mkdir(dirname(target), { recursive: true });
    const code = await readFile(join(root, source), 'utf8');
    try {
      await writeFile(target, stripped(code));
    } catch (error) {
      await writeFile(target, '');
      unreadable.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return unreadable;
};

const asJavaScript = (path: string): string => path.replace(/\.ts$/, '.js');

/** An import of types binds as one of values does, so it is kept: as an import for its effects alone. */
export const stripped = (code: string): string => {
  const typeImports = [...code.matchAll(/^(?:import|export) type [^;'"]*?from (['"][^'"]+['"]);?/gm)].map(([, from]) => `import ${from};`);
  const javaScript = stripTypeScriptTypes(`${code}\n${typeImports.join('\n')}`, { mode: 'strip' });
  return javaScript.replace(/(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2');
};

const violationsIn = ({ output }: IReporterOutput): IViolation[] => {
  const parsed: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  if (typeof parsed !== 'object' || parsed === null || !('summary' in parsed)) throw new Error('dependency-cruiser gave no result');
  return (parsed as { summary: { violations: IViolation[] } }).summary.violations;
};

const describe = ({ rule, from, to, cycle }: IViolation): string => {
  const path = cycle ? cycle.map(({ name }) => name).join(' → ') : to;
  return `${rule.name}: ${asTypeScript(from)} → ${asTypeScript(path)}`;
};
const asTypeScript = (path: string): string => path.replace(/\.js\b/g, '.ts');
