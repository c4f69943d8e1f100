// Vendors like to repeat the address or number that they refuse; it has no place in an event or a log.

const longest = 300;
const tidy = (words: string): string => words.replace(/\s+/g, ' ').trim().slice(0, longest);

export const withoutAddresses = (words: string): string => tidy(words.replace(/<?[^\s<>]+@[^\s<>]+>?/g, '<address>'));

export const withoutNumbers = (words: string): string => tidy(words.replace(/\+?\d(?:[\s().-]*\d){6,}/g, '<number>'));
