import { field, input } from './fields.js';

/** Filters by day. */
export const dayFields = ({ from, to }) => [field('From', input('from', from, { type: 'date' })), field('To', input('to', to, { type: 'date' }))];

/** Days as the API takes them: whole days where the reader is, the last one included. */
export const wholeDays = ({ from, to, ...others }) => ({
  ...others,
  ...(from && { from: startOf(from).toISOString() }),
  ...(to && { to: startOf(to, 1).toISOString() }),
});

/** Days have 23 to 25 hours. */
const startOf = (day, later = 0) => {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + later);
  return start;
};
