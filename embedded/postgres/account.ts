import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, chownSync, constants, existsSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from './failures.ts';
import { readIfThere } from './processes.ts';

/** Who runs the server, and how a program of it is started. `owner` is undefined when that is simply the user who started us. */
export type Account = { owner: Owner | undefined; start: (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess };
type Owner = { uid: number; gid: number };

/**
 * PostgreSQL refuses to run as root, so root runs it as somebody else: the owner of the data directory, else of what holds it, else `postgres`, else `nobody`.
 * Where that user can't reach the programs or the data (a checkout below a directory of mode 0700), it is given one capability: to pass such directories.
 */
export const chooseAccount = (dataDirectory: string, programs: string): Account => {
  if (process.getuid?.() !== 0) return { owner: undefined, start: (program, args, options) => spawn(program, args, options) };
  const owner = ownerFor(dataDirectory);
  if (reachable(dataDirectory, owner) && readableTree(programs, owner))
    return { owner, start: (program, args, options) => spawn(program, args, { ...options, ...owner }) };
  const setpriv = findProgram('setpriv');
  const capability = passingCapability();
  if (setpriv === undefined || capability === undefined) throw unreachable(dataDirectory, programs, owner);
  // access(2), by which PostgreSQL looks for its own programs, forgets an ordinary user's capabilities unless no_setuid_fixup is set.
  const kept = ['--securebits=+no_setuid_fixup', `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  const as = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...kept];
  return { owner, start: (program, args, options) => spawn(setpriv, [...as, '--', program, ...args], options) };
};

const ownerFor = (dataDirectory: string): Owner => {
  const users = namedUsers();
  const { uid, gid } = statSync(nearestExisting(dataDirectory));
  if (uid !== 0 && (existsSync(join(dataDirectory, 'PG_VERSION')) || users.some((user) => user.uid === uid))) return { uid, gid };
  const spare = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  return spare ? { uid: spare.uid, gid: spare.gid } : { uid: 65534, gid: 65534 };
};

const namedUsers = (): (Owner & { name: string })[] =>
  (readIfThere('/etc/passwd') ?? '').split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid && uid !== '0' ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });

const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)));

/** May this user pass every directory above the path? (By mode bits: an access list that says otherwise shows when the server starts.) */
const reachable = (path: string, owner: Owner): boolean => path === dirname(path) || (allows(dirname(path), owner, 1) && reachable(dirname(path), owner));

const readableTree = (root: string, owner: Owner): boolean =>
  reachable(root, owner) &&
  ['.', 'bin', 'bin/postgres', 'lib', 'share', 'share/postgresql'].every((part) => !existsSync(join(root, part)) || allows(join(root, part), owner, 5));

const allows = (path: string, owner: Owner, bits: number): boolean => {
  if (!existsSync(path)) return allows(dirname(path), owner, bits);
  const { mode, uid, gid } = statSync(path);
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
};

// capabilities(7): CAP_DAC_OVERRIDE is 1, CAP_DAC_READ_SEARCH is 2. Containers often leave only the former.
const passingCapability = (): 'dac_read_search' | 'dac_override' | undefined => {
  const status = readIfThere('/proc/self/status') ?? '';
  const held = (name: string) => Number.parseInt(new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1]?.slice(-8) ?? '0', 16);
  const mine = held('CapPrm') & held('CapBnd');
  return mine & 4 ? 'dac_read_search' : mine & 2 ? 'dac_override' : undefined;
};

const findProgram = (program: string): string | undefined =>
  ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].map((directory) => join(directory, program)).find(isExecutable);
const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const unreachable = (dataDirectory: string, programs: string, { uid }: Owner): Error =>
  failure(
    `it won't run as root, and uid ${uid}, which would run it instead, can't reach ${reachable(dataDirectory, { uid, gid: uid }) ? programs : dataDirectory}. ` +
      'Start as an ordinary user, or let others pass the directories above it (chmod o+x), or install util-linux (setpriv), or set POSTGRES_URL to a server of your own.',
  );

/** Gives a directory, and all in it, to the account. */
export const giveTo = ({ owner }: Pick<Account, 'owner'>, path: string): void => {
  if (owner === undefined) return;
  chownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) giveTo({ owner }, child);
    else lchownSync(child, owner.uid, owner.gid);
  }
};
