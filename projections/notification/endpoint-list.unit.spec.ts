import { expect, it } from 'vitest';
import type { EndpointEvent } from '../../domain/notification/endpoint.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { type EndpointListItem, endpointList } from './endpoint-list.ts';

const created: EndpointEvent = { type: 'EndpointCreated', data: { url: 'https://shop.example/', secret: 's3cr3t', types: ['*'], description: null } };
const rotated: EndpointEvent = { type: 'EndpointSecretRotated', data: { secret: 's3cr3t', overlapUntil: '2026-03-01T12:00:00.000Z' } };
const disabled: EndpointEvent = { type: 'EndpointDisabled', data: { reason: 'gone', at: '2026-03-01T12:00:00.000Z' } };

const project = (...history: EndpointEvent[]) => {
  const log = memoryLog();
  return history
    .map((event) => log.append('endpoint-e1', event))
    .reduce<EndpointListItem | undefined>((item, event) => endpointList.evolve(endpointList.evolve(item, event, 'e1'), event, 'e1'), undefined);
};

it('shows an endpoint as it is, without its secrets, also where an event comes twice', () => {
  expect(project(created, rotated, disabled)).toMatchObject({ url: 'https://shop.example/', status: 'disabled', disabledReason: 'gone', version: 3 });
  expect(JSON.stringify(project(created, rotated))).not.toContain('s3cr3t');
});
