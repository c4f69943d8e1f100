import { type TProperties, Type } from 'typebox';
import { Instant } from '../../platform/http/schemas.ts';
import { intervals } from '../../projections/figures/buckets.ts';

export const Ratio = (description: string) => Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });
export const NameOrNull = Type.Union([Type.String(), Type.Null()]);
const Milliseconds = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);

export const LatencyBody = (description: string) =>
  Type.Object(
    { measured: Type.Integer(), p50: Milliseconds, p95: Milliseconds, p99: Milliseconds },
    { description: `${description}, in milliseconds, at most 5 % off; null where nothing was measured` },
  );

/** The time of a row. */
export const Bucket = Type.Union([Instant, Type.Null()], { description: 'Its start, UTC; null in `totals`' });

/** One page of figures. `more`: what a service adds. */
export const FiguresAnswer = <R extends TProperties, T extends TProperties, M extends TProperties>(row: R, total: T, more: M) =>
  Type.Object({
    from: Instant,
    to: Instant,
    interval: Type.Enum([...intervals]),
    data: Type.Array(Type.Object(row)),
    totals: Type.Array(Type.Object(total), { description: 'Over the whole time; with the first page, as far as they fit' }),
    ...more,
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  });
