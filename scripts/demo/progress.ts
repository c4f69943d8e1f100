/** A bar with count, rate and time left on stderr: redrawn in a terminal, a line every ten seconds elsewhere. */
export const progress = (total: number, out: NodeJS.WriteStream = process.stderr) => {
  const started = performance.now();
  const interval = out.isTTY ? 100 : 10_000;
  let drawn = started;
  let done = 0;

  const draw = (): void => {
    const seconds = (performance.now() - started) / 1000;
    const rate = done / Math.max(seconds, 0.001);
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    const filled = total > 0 ? Math.round((30 * done) / total) : 30;
    const text = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done}/${total}  ${rate.toFixed(0)}/s  ${left} s left`;
    out.write(out.isTTY ? `\r${text}   ` : `${text}\n`);
  };

  return {
    step: (): void => {
      done += 1;
      if (performance.now() - drawn < interval) return;
      drawn = performance.now();
      draw();
    },
    end: (): { done: number; seconds: number } => {
      draw();
      if (out.isTTY) out.write('\n');
      return { done, seconds: (performance.now() - started) / 1000 };
    },
  };
};
