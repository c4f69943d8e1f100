import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Entry = { optionalDependencies?: Record<string, string>; dependencies?: Record<string, string>; devDependencies?: Record<string, string> };
type Lock = { packages: Record<string, Entry> };

/**
 * What package-lock.json lacks. `npm ci` refuses a lock file that doesn't name every optional package, also those of other platforms,
 * and npm itself leaves out the ones that its registry didn't have when the lock file was written.
 */
export const lockFaults = async (root: string): Promise<string[]> => {
  const { packages }: Lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const manifest: Entry = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolvable(packages, path, name))
      .map((name) => `${name}, an optional package of ${path}, is missing: npm ci will refuse the file`),
  );
  const locked = packages[''] ?? {};
  const differing = (['dependencies', 'devDependencies'] as const).flatMap((kind) => {
    const [wanted, known] = [manifest[kind] ?? {}, locked[kind] ?? {}];
    return [...new Set([...Object.keys(wanted), ...Object.keys(known)])]
      .filter((name) => wanted[name] !== known[name])
      .map((name) => `${name} differs from package.json`);
  });
  return [...missing, ...differing];
};

/** As Node looks for packages: in the package's own node_modules, then in each one above. */
const resolvable = (packages: Lock['packages'], path: string, name: string): boolean => {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true;
  return path !== '' && resolvable(packages, path.includes('/node_modules/') ? path.slice(0, path.lastIndexOf('/node_modules/')) : '', name);
};
