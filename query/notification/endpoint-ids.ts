import type { EndpointListItem } from '../../projections/notification/endpoint-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';

const waitMs = 5_000;

/** All endpoints that there were at a position; undefined where the read model isn't that far yet. */
export const allEndpointIds =
  (list: Pick<ReadModel<EndpointListItem>, 'find' | 'reached'>) =>
  async (position: bigint): Promise<readonly string[] | undefined> => {
    if (!(await list.reached(position, waitMs))) return undefined;
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await list.find({ where: [], orderBy: 'createdAt', ascending: true, limit: 500, ...(after && { after }) });
      ids.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    return ids;
  };
