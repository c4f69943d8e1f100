import { createHash } from 'node:crypto';

/** What wraps the keys of the bench's people: every program of a run opens the same database. */
export const masterKey = createHash('sha256').update('bench').digest();
