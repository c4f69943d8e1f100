import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const notInTheImage = ['bench', 'scripts', 'test', 'vitest.config.ts'];

/** What the image copies has to exist, and every room of the house has to be copied: nothing here builds the image, so this is held on paper. */
export const dockerfileFaults = async (root: string, sources: readonly string[]): Promise<string[]> => {
  const copied = [...(await readFile(join(root, 'Dockerfile'), 'utf8')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  const rooms = new Set(sources.map((path) => path.split('/')[0] ?? '').filter((room) => !notInTheImage.includes(room)));
  return [
    ...copied.filter((path) => !existsSync(join(root, path))).map((path) => `copies ${path}, which does not exist`),
    ...[...rooms].filter((room) => !copied.includes(room)).map((room) => `does not copy ${room}`),
  ];
};
