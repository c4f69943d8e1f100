import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../harness/measure.ts';
import { memoryMbBy } from '../harness/processes.ts';
import type { Row } from '../harness/report.ts';
import { median } from '../harness/statistics.ts';
import { npmStart, roleOf, startSystem, temporaryDirectory } from '../harness/system.ts';

/** `npm start` as a user types it, until the line `ready`; then what all of its processes hold in memory while nobody asks for anything. */
export const start: Measure = {
  name: 'start',
  run: async ({ rounds }) => {
    await using directory = await temporaryDirectory();
    const dataDirectory = join(directory.path, 'data');
    const first = await startOnce(dataDirectory);
    const warm: Started[] = [];
    for (let i = 0; i < rounds; i++) warm.push(await startOnce(dataDirectory));
    return rowsOf(first, warm);
  },
};

type Started = { readySeconds: number; cpuSeconds: number; memoryMb: ReadonlyMap<string, number> };

const startOnce = async (dataDirectory: string): Promise<Started> => {
  await using system = await startSystem(dataDirectory, npmStart);
  // What starting has left behind is collected or it isn't: three idle seconds later it is what a user sees.
  await delay(3_000);
  return { readySeconds: system.readyAfterMs / 1000, cpuSeconds: system.readyCpuMs / 1000, memoryMb: memoryMbBy(system.pid, roleOf) };
};

const total = ({ memoryMb }: Started): number => [...memoryMb.values()].reduce((sum, mb) => sum + mb, 0);

const rowsOf = (first: Started, warm: readonly Started[]): Row[] => {
  const seconds = warm.map(({ readySeconds }) => readySeconds);
  const memory = warm.map(total);
  const largest = [...(warm.at(-1)?.memoryMb ?? [])].toSorted(([, a], [, b]) => b - a);
  return [
    {
      measure: '`npm start`, installed and warm, until ready',
      value: median(seconds),
      unit: 's',
      target: { atMost: 4 },
      spread: { lowest: Math.min(...seconds), highest: Math.max(...seconds) },
      detail: { 'CPU s': median(warm.map(({ cpuSeconds }) => cpuSeconds)), 'first start, with a new data directory, s': first.readySeconds },
    },
    {
      measure: 'memory of everything, idle (PSS, npm included)',
      value: median(memory),
      unit: 'MB',
      target: { atMost: 400 },
      spread: { lowest: Math.min(...memory), highest: Math.max(...memory) },
      detail: Object.fromEntries(largest.map(([role, mb]) => [`${role} MB`, mb])),
    },
  ];
};
