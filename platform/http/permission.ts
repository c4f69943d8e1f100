import type { Caller, Permission } from './route.ts';

/** Whether one of the caller's permissions covers the needed one: the same, `payments:*`, or `*:*`. */
export const permits = ({ permissions }: Caller, needed: Permission): boolean => {
  if (permissions.includes(needed)) return true;
  const [resource] = needed.split(':');
  return permissions.includes('*:*') || permissions.includes(`${resource}:*`);
};

export const permissionPattern = /^(?:\*|[a-z][a-z0-9_-]*):(?:\*|[a-z][a-z0-9_-]*)$/;
