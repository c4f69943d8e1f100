import { execFileSync } from 'node:child_process';

/** The TypeScript files of the project, relative to its root: what git knows, and what is new and not ignored. */
export const sourcesOf = (root: string): string[] => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '*.ts'], { cwd: root, encoding: 'utf8' });
  return listed.split('\n').filter((path) => path !== '' && !path.endsWith('.d.ts'));
};
