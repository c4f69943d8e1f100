import { hash } from 'node:crypto';

/** What stands for a device in plain events: as its token, but nobody can be reached by it. */
export const deviceTarget = (token: string): string => `device_${hash('sha256', token, 'base64url').slice(0, 16)}`;
