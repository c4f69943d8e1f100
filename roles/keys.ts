import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** What a file of the data directory holds; made, for its owner alone, at the first start. */
export const keyFile = async (directory: string, name: string, make: () => string): Promise<string> => {
  const file = join(directory, name);
  try {
    const kept = (await readFile(file, 'utf8')).trim();
    if (kept !== '') return kept;
    throw new Error(`${file} is empty: remove it, and a new one is made (what only the old one opens is lost), or restore it`);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const value = make();
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${value}\n`);
    await handle.sync();
    await handle.close();
    return value;
  } catch (error) {
    // Another process of ours was quicker.
    if (isThere(error)) return keyFile(directory, name, make);
    throw error;
  }
};

export const newMasterKey = (): string => randomBytes(32).toString('base64');

/** A key for one purpose, from which the master key can't be found. */
export const derivedKey = (masterKey: Buffer, purpose: string): string => createHmac('sha256', masterKey).update(purpose).digest('hex');
