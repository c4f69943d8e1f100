/** An error as lines for whoever started us: what happened and what to do, causes below, no stack. */
export const explain = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [`could not go on: ${String(error)}`];
  const lines = [error.message || error.name];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause.message !== '' && !lines.some((line) => line.includes((cause as Error).message))) lines.push(`  because: ${cause.message}`);
  }
  return lines;
};
