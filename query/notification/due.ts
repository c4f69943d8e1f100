import type { NotificationListItem } from '../../projections/notification/notification-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';

/** `due` is when something is to be done with it; `digested`: it is to be told in a digest. */
export type DueNotification = { id: string; due: string; createdAt: string; digested: boolean };

/** Pages of the notifications of which something is to be done before a time (RFC 3339), the longest overdue first. */
export async function* dueNotifications(list: Pick<ReadModel<NotificationListItem>, 'find'>, before: string): AsyncGenerator<readonly DueNotification[]> {
  let after: string | undefined;
  do {
    const page = await list.find({ where: [{ field: 'dueAt', to: before }], orderBy: 'dueAt', ascending: true, limit: 500, ...(after && { after }) });
    yield page.rows.flatMap(({ id, document: { dueAt, createdAt, state } }) =>
      dueAt === null ? [] : [{ id, due: dueAt, createdAt, digested: state.digest !== undefined }],
    );
    after = page.next;
  } while (after);
}
