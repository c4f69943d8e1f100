import type { Context } from '../../../platform/context.ts';
import { v5 } from '../../../platform/name-based-uuid.ts';
import { carryOut, type Publishing } from './publish.ts';

type RollOut = Publishing & { usersOf: (layout: string) => Promise<readonly string[]> };

/** A new version of each template that uses an older version of the layout. Again, it does what is left to do. */
export const rollOut = async (routes: RollOut, layout: string, version: number, context: Context) => {
  const published: { key: string; version: number }[] = [];
  let position: bigint | undefined;
  for (const key of await routes.usersOf(layout)) {
    const present = await routes.templates.newest(key);
    if (present?.content.kind !== 'message' || (present.content.layouts[layout] ?? version) >= version) continue;
    const content = { ...present.content, layouts: { ...present.content.layouts, [layout]: version } };
    const command = { type: 'Publish' as const, content, replacing: present.version };
    const handled = await carryOut(routes, key, command, { ...context, commandId: v5(key, context.commandId) });
    // Somebody has published it meanwhile, and with the newest layout.
    if ('rejected' in handled || !handled.state) continue;
    published.push({ key, version: handled.state.version });
    position = handled.position;
  }
  return { published, position };
};
