import type { RecordKind } from '../../domain/person.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
import { problem } from '../../platform/http/problem.ts';
import type { ReadModel } from '../../projections/read-model.ts';

/** A read model that holds what is personal: which of its fields says whose a document is, and which it is sorted by. */
export type RecordSource = { kind: RecordKind; model: Pick<ReadModel<object>, 'find' | 'reached'>; owner: string; orderBy: string };

const pageSize = 500;
const waitMs = 5_000;

/**
 * Page by page what read models hold of a user, everything until that position included. `senders`: the read models that are asked before
 * somebody is sent to: once they are there too, no try begins that knows nothing of the erasure.
 * @throws 503 `read_model_behind` where they don't get there in 5 s
 */
export const recordsOf = (sources: readonly RecordSource[], senders: readonly Pick<ReadModel<object>, 'reached'>[] = []) =>
  async function* (userId: string, since: Position): AsyncGenerator<{ kind: RecordKind; ids: readonly string[] }> {
    const reached = await Promise.all([...sources.map(({ model }) => model), ...senders].map((model) => model.reached(since, waitMs)));
    if (!reached.every(Boolean))
      throw problem(503, 'read_model_behind', {
        detail: 'The keys are deleted, but the read models are behind. Ask again to finish it.',
        headers: { 'retry-after': '1' },
      });
    for (const source of sources) for await (const ids of pages(source, userId)) yield { kind: source.kind, ids };
  };

async function* pages({ model, owner, orderBy }: RecordSource, userId: string): AsyncGenerator<readonly string[]> {
  for (let after: string | undefined; ; ) {
    const { rows, next } = await model.find({ where: [{ field: owner, is: userId }], orderBy, limit: pageSize, ...(after && { after }) });
    if (rows.length > 0) yield rows.map(({ id }) => id);
    if (!next) return;
    after = next;
  }
}
