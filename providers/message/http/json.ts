// What is read of vendors' answers, of which nothing is sure.

/** The answer as JSON; undefined where it is none. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that a text is; one without anything where it is none. */
export const objectOf = (text: string): Record<string, unknown> => {
  const value = jsonOf(text);
  return isObject(value) ? value : {};
};

export const fieldOf = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined), value);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

/** A vendor's code, as far as it looks like one: other words of theirs may name somebody. */
export const codeIn = (value: unknown): string | undefined => (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(value) ? value : undefined);
