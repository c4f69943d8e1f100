import { query } from './api.js';
import { h } from './elements.js';
import { valuesOf } from './fields.js';

/** A page's heading, with what can be done beside it. */
export const heading = (title, ...actions) => h('div', { class: 'title' }, h('h1', {}, title), h('div', { class: 'actions' }, ...actions));

export const refreshButton = (refresh) => h('button', { type: 'button', onclick: refresh }, 'Refresh');

/** A form whose choices become part of the page's address. `given`: what the address has now. */
export const filterForm = (page, name, given, ...fields) => {
  const apply = (event) => {
    event.preventDefault();
    const values = valuesOf(event.target);
    if (values.currency) values.currency = values.currency.toUpperCase();
    location.hash = `#/${page}${query(values)}`;
  };
  return h(
    'form',
    { class: 'filters', role: 'search', 'aria-label': name, onsubmit: apply },
    ...fields,
    h(
      'div',
      { class: 'field actions' },
      h('button', { class: 'primary' }, 'Apply'),
      Object.keys(given).length > 0 && h('a', { class: 'button', href: `#/${page}` }, 'Clear'),
    ),
  );
};

/** Rows are lists of what is in their cells. Columns of `numbers` (from 0) are aligned to the right. */
export const table = (caption, columns, rows, numbers = []) => {
  const kind = (column) => numbers.includes(column) && 'number';
  const row = (cells) => h('tr', {}, ...cells.map((cell, column) => h('td', { class: kind(column) }, cell ?? '—')));
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' },
    h(
      'table',
      { class: 'list' },
      h('caption', { class: 'unseen' }, caption),
      h('thead', {}, h('tr', {}, ...columns.map((column, index) => h('th', { scope: 'col', class: kind(index) }, column)))),
      h('tbody', {}, ...rows.map(row)),
    ),
  );
};

/** Ways to the first and the next page of a list. */
export const paging = (page, given, cursor, nextCursor, [first, next] = ['Newest', 'Older']) =>
  h(
    'nav',
    { class: 'paging', 'aria-label': 'Pages of the list' },
    cursor ? h('a', { class: 'button', href: `#/${page}${query(given)}` }, first) : h('span', {}),
    nextCursor ? h('a', { class: 'button', href: `#/${page}${query({ ...given, cursor: nextCursor })}` }, next) : h('span', { class: 'quiet' }, 'That is all'),
  );
