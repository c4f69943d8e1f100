import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const mayRead = /^(main|vitest\.config)\.ts$|^(scripts|bench|test)\/|\.spec\.ts$|(^|[./])contract\.ts$|\/contract\//;
const reads = /\bprocess\s*\.\s*env\b|\bprocess\s*\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/;

/** Only main.ts sees the environment: everything else is told. One line for each place that looks for itself. */
export const readsOfTheEnvironment = async (root: string, sources: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const source of sources.filter((path) => !mayRead.test(path))) {
    const lines = (await readFile(join(root, source), 'utf8')).split('\n');
    lines.forEach((line, index) => {
      if (reads.test(withoutComment(line))) found.push(`${source}:${index + 1}: ${line.trim()}`);
    });
  }
  return found;
};

const withoutComment = (line: string): string => line.replace(/^\s*(\/\/|\*|\/\*).*/, '').replace(/\s\/\/ .*$/, '');
