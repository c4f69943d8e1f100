export const roles = ['payment', 'notification', 'projector', 'worker', 'eventstore'] as const;
export type Role = (typeof roles)[number];

const isRole = (word: string): word is Role => roles.some((role) => role === word);

/** The roles that the command line names; all of them if it names none. */
export const rolesOf = (words: readonly string[]): { roles: readonly Role[]; faults: readonly string[] } => ({
  roles: words.length === 0 ? roles : roles.filter((role) => words.includes(role)),
  faults: words
    .filter((word) => !isRole(word))
    .map((word) => `there is no role ${JSON.stringify(word)}: name some of ${roles.join(', ')}, or none for all of them`),
});
