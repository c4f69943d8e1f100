// When a success of a recipient counts: within a while of a notification. Many notifications make few spans, for spans that meet are one.

/** Milliseconds since 1970, both inclusive. */
export type Span = { from: number; to: number };

/** Of these spans, of which no two meet, and the one that a notification opens: the same, in order. */
export const withNotification = (spans: readonly Span[], at: string, windowHours: number): readonly Span[] => {
  const from = Date.parse(at);
  const opened = { from, to: from + windowHours * 3_600_000 };
  if (spans.some((span) => span.from <= opened.from && opened.to <= span.to)) return spans;
  const [met, apart] = [spans.filter((span) => meet(span, opened)), spans.filter((span) => !meet(span, opened))];
  const joined = { from: Math.min(opened.from, ...met.map((span) => span.from)), to: Math.max(opened.to, ...met.map((span) => span.to)) };
  return [...apart, joined].sort((a, b) => a.from - b.from);
};

const meet = (one: Span, other: Span): boolean => one.from <= other.to && other.from <= one.to;

export const counts = (spans: readonly Span[], at: string): boolean => spans.some(({ from, to }) => from <= Date.parse(at) && Date.parse(at) <= to);
