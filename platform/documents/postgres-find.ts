import type { Condition, Find } from './document-store.ts';
import { type IndexValue, indexValue } from './index-values.ts';
import type { Segment } from './paging.ts';
import type { Table } from './postgres-table.ts';

type Query = { text: string; values: unknown[] };

export const findSql = (table: Table, { where, orderBy, ascending }: Find, segment: Segment, limit: number): Query => {
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = where.map((condition) => conditionSql(table, condition, parameter));
  const sort = orderBy === 'position' ? { column: 'position', type: 'bigint' } : columnOf(table, orderBy);
  const [direction, beyond] = ascending ? ['asc', '>'] : ['desc', '<'];
  if (orderBy !== 'position') conditions.push(`${sort.column} is ${segment.absent ? '' : 'not '}null`);
  if (segment.after) {
    const { value, id } = segment.after;
    conditions.push(
      segment.absent ? `id ${beyond} ${parameter(id, 'text')}` : `(${sort.column}, id) ${beyond} (${parameter(value, sort.type)}, ${parameter(id, 'text')})`,
    );
  }
  const order = segment.absent ? `id ${direction}` : `${sort.column} ${direction}, id ${direction}`;
  const text = `select id, position, document from ${table.name}${whereSql(conditions)} order by ${order} limit ${parameter(limit, 'int')}`;
  return { text, values };
};

export const countSql = (table: Table, where: readonly Condition[]): Query => {
  const values: unknown[] = [];
  const conditions = where.map((condition) => conditionSql(table, condition, (value, type) => `$${values.push(value)}::${type}`));
  return { text: `select count(*)::int as documents from ${table.name}${whereSql(conditions)}`, values };
};

export const countBySql = (table: Table, field: string, values: readonly string[]): Query => {
  const { column, kind, type } = columnOf(table, field);
  const text = `select ${column}::text as value, count(*)::int as documents from ${table.name} where ${column} = any($1::${type}[]) group by ${column}`;
  return { text, values: [values.map((value) => indexValue(kind, value))] };
};

const whereSql = (conditions: readonly string[]): string => (conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '');

const conditionSql = (table: Table, condition: Condition, parameter: (value: unknown, type: string) => string): string => {
  const { column, kind, type } = columnOf(table, condition.field);
  const value = (given: unknown): IndexValue => indexValue(kind, given);
  // As the index of a boolean has it, which holds the true ones only.
  if ('is' in condition && typeof condition.is === 'boolean' && kind === 'boolean') return condition.is ? column : `not ${column}`;
  if ('is' in condition) return `${column} = ${parameter(value(condition.is), type)}`;
  if ('in' in condition) return `${column} = any(${parameter(condition.in.map(value), `${type}[]`)})`;
  const bounds = [
    ...(condition.from === undefined ? [] : [`${column} >= ${parameter(value(condition.from), type)}`]),
    ...(condition.to === undefined ? [] : [`${column} < ${parameter(value(condition.to), type)}`]),
  ];
  return bounds.length > 0 ? bounds.join(' and ') : 'true';
};

const columnOf = (table: Table, field: string): Table['columns'][number] => {
  const column = table.columns.find((one) => one.field === field);
  if (!column) throw new Error(`${table.collection} has no index on ${field}: add it to the projection's indexes and raise its version`);
  return column;
};
