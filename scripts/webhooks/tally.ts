import type { Rerun } from '../../workers/payment/webhook-rerun.ts';

/** Counts what a re-run came to, for its last lines. */
export const tally = () => {
  const counts = { webhooks: 0, changing: 0, refused: 0, erased: 0, provider_not_set_up: 0, failed: 0 };
  return {
    add: (one: Rerun): void => {
      counts.webhooks += 1;
      if ('skipped' in one) counts[one.skipped] += 1;
      else if ('failed' in one) counts.failed += 1;
      else {
        if (one.changes.some((change) => 'events' in change)) counts.changing += 1;
        if (one.changes.some((change) => 'rejected' in change)) counts.refused += 1;
      }
    },
    failed: (): number => counts.failed,
    lines: (applied: boolean): string[] => [
      `${counts.webhooks} webhooks; ${counts.changing} ${applied ? 'changed' : 'would change'} something, ${counts.refused} refused`,
      ...(counts.erased > 0 ? [`${counts.erased} were erased, with the person they were about`] : []),
      ...(counts.provider_not_set_up > 0 ? [`${counts.provider_not_set_up} are of providers that are not set up`] : []),
      ...(counts.failed > 0 ? [`${counts.failed} cannot be read`] : []),
      ...(!applied && counts.changing > 0 ? ['Nothing was written; with --apply it is.'] : []),
    ],
  };
};
