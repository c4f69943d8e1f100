import { client, everyRow } from '../../scripts/demo/client.ts';
import type { System } from './system.ts';

/** How many rows of a list the read side shows, by status, page by page through its API. */
export const countByStatus = async (baseUrl: string, path: string, { apiKey }: System): Promise<ReadonlyMap<string, number>> => {
  const api = client({ baseUrl, apiKey, connections: 1 });
  const counts = new Map<string, number>();
  try {
    for await (const { status } of everyRow(api, path)) counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
  } finally {
    api.close();
  }
  return counts;
};
