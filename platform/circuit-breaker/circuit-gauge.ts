import { Gauge, type Registry } from 'prom-client';
import type { CircuitState } from './circuit.ts';

const states: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/** Shows circuits as a gauge: 1 for the state that each is in. Once a name and registry. */
export const circuitGauge = <L extends string>(
  registry: Registry,
  name: string,
  labelNames: readonly L[],
): ((labels: Readonly<Record<L, string>>, circuit: () => CircuitState) => void) => {
  const circuits: { labels: Readonly<Record<L, string>>; circuit: () => CircuitState }[] = [];
  new Gauge({
    name,
    help: '1 for the state that the circuit around the provider is in',
    labelNames: [...labelNames, 'state'],
    registers: [registry],
    collect() {
      for (const { labels, circuit } of circuits) {
        const now = circuit();
        for (const state of states) this.set({ ...labels, state }, state === now ? 1 : 0);
      }
    },
  });
  return (labels, circuit) => void circuits.push({ labels, circuit });
};
