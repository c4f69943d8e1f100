import type { Outside } from '../../platform/http/health.ts';
import { refreshed } from '../../platform/refreshed.ts';
import type { SharedStanding, Standings } from '../../providers/message/standings.ts';

/** Nobody outside stands behind these. */
const ours = ['outbox', 'feed'];

/** What `/health` shows of those who send messages: as the workers have found them, a few seconds ago. */
export const healthOfSenders = (standings: Pick<Standings, 'all'>, everyMs = 5_000): Outside => {
  const seen = refreshed(standings.all, { everyMs });
  void seen.refresh();
  return () =>
    Object.fromEntries((seen.current() ?? []).flatMap((one) => (ours.includes(one.provider) ? [] : [[`${one.channel} ${one.provider}`, shown(one)]])));
};

const shown = ({ circuit, pausedUntil }: SharedStanding) => ({
  status: circuit.state === 'open' ? ('down' as const) : ('ok' as const),
  detail: `circuit ${circuit.state}${pausedUntil === null ? '' : `, paused until ${pausedUntil}`}`,
});
