import type { DocumentStore } from '../platform/documents/document-store.ts';
import { openRecords } from './records.ts';

/** Which collection a read model is read from at present. `generation` counts its versions and rebuilds; `retired` is yet to be dropped. */
export type Active = { collection: string; version: number; generation: number; retired?: string };

export type Registry = {
  get: (name: string) => Promise<Active | undefined>;
  all: () => Promise<ReadonlyMap<string, Active>>;
  /** From now on the read model is read from there. */
  activate: (name: string, active: Active) => Promise<void>;
};

export const openRegistry = async (store: DocumentStore): Promise<Registry> => {
  const records = await openRecords<Active>(store, 'read_models', {});
  return {
    get: async (name) => (await records.get(name))?.document,
    all: async () => {
      const { rows } = await records.find({ where: [], orderBy: 'position', limit: 1_000 });
      return new Map(rows.map(({ id, document }) => [id, document]));
    },
    activate: records.put,
  };
};

/** Drops what was retired, once nobody reads it any more. */
export const dropRetired = async (registry: Registry, store: DocumentStore, name: string): Promise<void> => {
  const active = await registry.get(name);
  if (!active?.retired) return;
  const { retired, ...rest } = active;
  await store.drop(retired);
  await registry.activate(name, rest);
};

/** `risk-assessments`, version 2 → `risk_assessments_v2`; its third generation, where it is a rebuild → `risk_assessments_v2_g3`. */
export const collectionName = ({ name, version }: { name: string; version: number }, generation?: number): string =>
  `${name.replaceAll('-', '_')}_v${version}${generation === undefined ? '' : `_g${generation}`}`;
