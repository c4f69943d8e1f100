import { readdirSync, readFileSync } from 'node:fs';

/** What /proc says of a process. `cpuMs` is its own time and that of the children it has waited for (a closed PostgreSQL connection, say). */
export type Process = {
  pid: number;
  parent: number /** `Z`: dead, and its parent hasn't asked yet. */;
  state: string;
  name: string;
  command: string;
  cpuMs: number;
};

// proc_pid_stat(5) counts in clock ticks; Linux shows user space 100 of them a second on every architecture that Node runs on.
const msPerTick = 10;

/** This process and all below it, parents first. */
export const processTree = (root: number): Process[] => {
  const all = allProcesses();
  const children = Map.groupBy(all, ({ parent }) => parent);
  const below = (process: Process): Process[] => [process, ...(children.get(process.pid) ?? []).flatMap(below)];
  return all.filter(({ pid }) => pid === root).flatMap(below);
};

/** CPU since the processes began, in milliseconds, of each process tree that is given. */
export const cpuMs = (...roots: readonly number[]): number => roots.flatMap(processTree).reduce((sum, process) => sum + process.cpuMs, 0);

/** The same of one tree, split by what each process is. */
export const cpuBy = (root: number, roleOf: (process: Process) => string): Map<string, number> => {
  const byRole = new Map<string, number>();
  for (const process of processTree(root)) byRole.set(roleOf(process), (byRole.get(roleOf(process)) ?? 0) + process.cpuMs);
  return byRole;
};

/** Memory in MB (10^6 bytes) by what each process is, as PSS: a page that several processes share counts once in the sum of them all. */
export const memoryMbBy = (root: number, roleOf: (process: Process) => string): Map<string, number> => {
  const byRole = new Map<string, number>();
  for (const process of processTree(root)) byRole.set(roleOf(process), (byRole.get(roleOf(process)) ?? 0) + pssBytes(process.pid) / 1e6);
  return byRole;
};

/** CPU of the whole machine since boot, idle and waiting left out, in milliseconds. */
export const machineCpuMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (read('/proc/stat')?.split('\n')[0] ?? '').split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * msPerTick;
};

const allProcesses = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));

const readProcess = (pid: number): Process[] => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return [];
  // The name, in parentheses, may hold anything; the fields that follow it begin with the third, the state.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  const command = (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
  return [
    {
      pid,
      parent: Number(fields[1]),
      state: fields[0] ?? '',
      name: stat.slice(stat.indexOf('(') + 1, end),
      command,
      cpuMs: (user + system + childrenUser + childrenSystem) * msPerTick,
    },
  ];
};

const pssBytes = (pid: number): number => {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  if (rollup === undefined) return 0;
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
};

// A process may end between the listing and the reading.
const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
