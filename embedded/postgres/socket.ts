import { existsSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, giveTo } from './account.ts';

// unix(7): sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero among them.
const longest = process.platform === 'linux' ? 107 : 103;
const fits = (directory: string): boolean => Buffer.byteLength(join(directory, '.s.PGSQL.5432.lock')) <= longest;

export type SocketDirectory = { path: string; remove: () => Promise<void> };

/**
 * Where the server's socket stands: in the data directory, or, where that path is too long for a socket, in a private directory of the system's temporary one
 * (written down, so that a later start takes the same). Only the server's user and root can enter it, so nobody else can connect. To be called when no server runs on the directory.
 */
export const socketDirectory = async (directory: string, account: Account): Promise<SocketDirectory> => {
  const socket = await findDirectory(directory, account);
  // A socket's lock that a killed server left holds up the next one as long as its pid is a zombie, or somebody else's. No server of this directory runs by now.
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) await rm(join(socket.path, name), { force: true });
  return socket;
};

const findDirectory = async (directory: string, account: Account): Promise<SocketDirectory> => {
  const near = join(directory, 'socket');
  if (fits(near)) {
    await mkdir(near, { recursive: true, mode: 0o700 });
    giveTo(account, near);
    return { path: near, remove: async () => {} };
  }
  const note = join(directory, 'socket-directory');
  const kept = (await readFile(note, 'utf8').catch(() => '')).trim();
  const path = kept && isPrivate(kept, account) ? kept : await makeTemporary(account);
  await writeFile(note, `${path}\n`);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

const makeTemporary = async (account: Account): Promise<string> => {
  const base = [tmpdir(), '/tmp'].find((candidate) => fits(join(candidate, 'postgres-XXXXXX'))) ?? '/tmp';
  const path = await mkdtemp(join(await realpath(base), 'postgres-'));
  giveTo(account, path);
  return path;
};

const isPrivate = (path: string, { owner }: Account): boolean => {
  if (!existsSync(path) || !fits(path)) return false;
  const { mode, uid } = lstatSync(path);
  return lstatSync(path).isDirectory() && (mode & 0o777) === 0o700 && uid === (owner?.uid ?? process.getuid?.());
};
