import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from './failures.ts';
import { postmasterIn, readIfThere, serversIn, signal, startTimeOf, within } from './processes.ts';

/**
 * Clears what a killed predecessor left on the cluster: a server that runs on without us is shut down, children of a killed server are ended,
 * and a pid file whose pid is now somebody else's is removed. To be called with the directory's lock held.
 */
export const clearLeftovers = async (cluster: string): Promise<void> => {
  const gone = () => serversIn(cluster).length === 0;
  const postmaster = postmasterIn(cluster);
  if (postmaster !== undefined && serversIn(cluster).includes(postmaster)) {
    signal(postmaster, 'SIGINT');
    await within(15_000, gone);
  }
  // Without their postmaster the children can't be asked for a shutdown; the log makes good what they had in hand.
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of serversIn(cluster)) signal(pid, name);
    if (await within(name === 'SIGQUIT' ? 3_000 : 10_000, gone)) break;
  }
  if (!gone())
    throw failure(`the processes ${serversIn(cluster).join(', ')} of an earlier server still use ${cluster} and don't end. End them by hand and start again.`);
  await removeForeignPid(cluster);
};

/** PostgreSQL itself copes with a pid that is dead; one that lives, or a zombie's, it would take for another server. */
const removeForeignPid = async (cluster: string): Promise<void> => {
  const pid = postmasterIn(cluster);
  if (pid === undefined || !(exists(pid) || readIfThere(`/proc/${pid}/stat`))) return;
  if (startTimeOf(pid) === undefined || !serversIn(cluster).includes(pid)) await rm(join(cluster, 'postmaster.pid'), { force: true });
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
