import { drawn, s } from './chart.js';

const row = 40;
const foot = 24;
const edge = 12;

/**
 * Values with where the true ones lie, one below the other on one scale. `rows`: `{ name, value, from, to, says, series }`, null where nothing is
 * known. `zero`: the scale has both sides of it. `tick` writes a value at the edge.
 */
export const intervalChart = ({ name, rows, zero = false, tick }) =>
  drawn((width) => {
    const [least, most] = scaleOf(rows, zero);
    const x = (value) => edge + ((width - 2 * edge) * (value - least)) / (most - least);
    const height = rows.length * row + foot;
    return s(
      'svg',
      { role: 'img', 'aria-label': name, width, height, viewBox: `0 0 ${width} ${height}` },
      axis(least, most, x, height, tick),
      zero ? s('line', { class: 'zero', x1: x(0), x2: x(0), y1: 0, y2: height - foot }) : [],
      rows.map((one, at) => marks(one, at * row, x, width)),
    );
  });

const scaleOf = (rows, zero) => {
  const values = rows.flatMap(({ from, to }) => [from ?? 0, to ?? 0]);
  const most = roundUp(Math.max(0.01, ...values.map(Math.abs)));
  return zero ? [-most, most] : [0, Math.min(1, most)];
};

/** To 1, 2 or 5 times a power of ten. */
const roundUp = (value) => {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((times) => times * power).find((one) => one >= value) ?? value;
};

const axis = (least, most, x, height, tick) =>
  [least, (least + most) / 2, most].map((value, at) => [
    s('line', { class: 'grid', x1: x(value), x2: x(value), y1: 0, y2: height - foot }),
    s('text', { class: 'axis', x: x(value), y: height - 6, 'text-anchor': ['start', 'middle', 'end'][at] }, tick(value)),
  ]);

const marks = ({ name, value, from, to, says, series }, top, x, width) => [
  s('text', { class: 'label', x: edge, y: top + 14 }, name),
  s('text', { class: 'label', x: width - edge, y: top + 14, 'text-anchor': 'end' }, says),
  value === null
    ? []
    : [
        s('line', { class: `interval series-${series}`, x1: x(from), x2: x(to), y1: top + 27, y2: top + 27 }),
        s('circle', { class: `series-${series}`, cx: x(value), cy: top + 27, r: 5 }, s('title', {}, `${name}: ${says}`)),
      ],
];
