import type { Experiments, KnownExperiment } from '../../../domain/notification/experiment.ts';
import type { Kept } from '../../../platform/event-store/kept.ts';
import { problem } from '../../../platform/http/problem.ts';

/** The experiment of this key, or the 404. Another process may have started it a moment ago: then it is looked for. */
export const findExperiment = async (kept: Pick<Kept<Experiments>, 'current' | 'refresh'>, key: string): Promise<KnownExperiment> => {
  if (!kept.current().byKey.has(key)) await kept.refresh();
  const known = kept.current().byKey.get(key);
  if (!known) throw problem(404, 'experiment_not_found', { detail: 'There is no such experiment.', errors: [{ path: 'path.key', message: 'is none' }] });
  return known;
};
