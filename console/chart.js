const namespace = 'http://www.w3.org/2000/svg';

export const s = (name, attributes = {}, ...children) => {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat(Infinity));
  return element;
};

/** Draws as wide as there is room, again whenever that changes; the letters stay as large as all others. */
export const drawn = (draw) => {
  const frame = document.createElement('div');
  frame.className = 'chart';
  new ResizeObserver(([{ contentRect }]) => contentRect.width > 0 && frame.replaceChildren(draw(Math.floor(contentRect.width)))).observe(frame);
  return frame;
};

/** The smallest of 1, 2, 5 times a power of ten that gets over the largest value in four steps at most. */
const stepFor = (largest) => {
  const power = 10 ** Math.floor(Math.log10(largest / 4 || 1));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step * 4 >= largest) ?? power;
};

const height = 200;
const edge = { top: 12, right: 8, bottom: 24, left: 58 };

/**
 * Values over time. `labels`: one for each place. `series`: `{ name, values }`, null where there is nothing. `kind`: `bars` stand on each other,
 * `lines` break at nulls. `most`: the top of the scale, where it is known (1 for shares). `format` writes a value, `tick` one at the edge.
 */
export const timeChart = ({ name, labels, series, kind, most, format, tick = format }) =>
  drawn((width) => {
    const room = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom };
    const largest = most ?? Math.max(1, ...labels.map((_, at) => top(series, at, kind)));
    const step = most ? most / 4 : Math.max(1, stepFor(largest));
    const end = Math.ceil(largest / step) * step;
    const x = (at) => edge.left + (room.width * (at + 0.5)) / labels.length;
    const y = (value) => edge.top + room.height * (1 - value / end);
    const scale = { x, y, bar: Math.max(2, Math.min(36, (room.width / labels.length) * 0.7)) };
    const marks = kind === 'bars' ? bars(scale, labels, series, format) : lines(scale, labels, series, format);
    return s(
      'svg',
      { role: 'img', 'aria-label': name, width, height, viewBox: `0 0 ${width} ${height}` },
      Array.from({ length: Math.round(end / step) + 1 }, (_, at) => grid(width, y(at * step), tick(at * step))),
      captions(labels, width, x),
      marks,
    );
  });

const top = (series, at, kind) => {
  const values = series.map(({ values }) => values[at] ?? 0);
  return kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
};

const grid = (width, y, says) => [
  s('line', { class: 'grid', x1: edge.left, x2: width - edge.right, y1: y, y2: y }),
  s('text', { class: 'axis', x: edge.left - 8, y: y + 4, 'text-anchor': 'end' }, says),
];

/** As many as have room. */
const captions = (labels, width, x) => {
  const longest = Math.max(...labels.map((label) => label.length)) * 7;
  const every = Math.ceil((labels.length * (longest + 12)) / (width - edge.left));
  const shown = labels.flatMap((label, at) => (at % every === 0 && x(at) + longest / 2 <= width ? [[label, at]] : []));
  return shown.map(([label, at]) => s('text', { class: 'axis', x: x(at), y: height - 6, 'text-anchor': 'middle' }, label));
};

const tooltip = (label, name, says) => s('title', {}, `${label}, ${name}: ${says}`);

const bars = ({ x, y, bar }, labels, series, format) =>
  labels.map((label, at) => {
    let below = 0;
    return series.flatMap(({ name, values }, index) => {
      const value = values[at] ?? 0;
      if (value <= 0) return [];
      const [foot, head] = [y(below), y(below + value)];
      below += value;
      const box = { class: `series-${index}`, x: x(at) - bar / 2, y: head, width: bar, height: Math.max(1, foot - head) };
      return [s('rect', box, tooltip(label, name, format(value)))];
    });
  });

const lines = ({ x, y }, labels, series, format) =>
  series.map(({ name, values }, index) => {
    const r = Math.max(1, Math.min(3, (x(1) - x(0)) / 4));
    const at = (place) => `${x(place).toFixed(1)} ${y(values[place]).toFixed(1)}`;
    const known = values.flatMap((value, place) => (value === null ? [] : [place]));
    const path = known.map((place) => `${values[place - 1] === null || place === 0 ? 'M' : 'L'}${at(place)}`).join('');
    const dots = known.map((place) =>
      s('circle', { class: `series-${index}`, cx: x(place), cy: y(values[place]), r }, tooltip(labels[place], name, format(values[place]))),
    );
    return [s('path', { class: `line series-${index}`, d: path || 'M0 0' }), dots];
  });

/** Amounts beside each other, the largest over the whole width. `rows`: `{ name, value, says, series }`. */
export const barChart = ({ name, rows }) =>
  drawn((width) => {
    const largest = Math.max(1, ...rows.map(({ value }) => value));
    const row = 36;
    return s(
      'svg',
      { role: 'img', 'aria-label': name, width, height: rows.length * row, viewBox: `0 0 ${width} ${rows.length * row}` },
      rows.map(({ name: label, value, says, series = 0 }, at) => [
        s('text', { class: 'label', x: 0, y: at * row + 13 }, label),
        s('text', { class: 'label', x: width, y: at * row + 13, 'text-anchor': 'end' }, says),
        s('rect', { class: `series-${series}`, x: 0, y: at * row + 18, width: Math.max(2, (width * value) / largest), height: 10, rx: 2 }),
      ]),
    );
  });
