// GSM 03.38, the default alphabet and its extension table: 3GPP TS 23.038, 6.2.1.
const basic = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const extension = new Set('\f^{}\\[~]|€');

/** Of one message, and of each part of a longer one, whose header takes six octets: 3GPP TS 23.040, 9.2.3.24.1. */
const room = { gsm7: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const;

export type Segments = {
  encoding: 'gsm7' | 'ucs2';
  /** Septets in GSM-7, UTF-16 code units in UCS-2. */
  units: number;
  segments: number;
};

/** How many messages a text is sent, and paid for, as. An escaped character, or a surrogate pair, isn't split between two. Empty: one. */
export const segmentsOf = (text: string): Segments => {
  const characters = [...text];
  const encoding = characters.every((one) => basic.has(one) || extension.has(one)) ? 'gsm7' : 'ucs2';
  const widths = characters.map((one) => (encoding === 'ucs2' ? one.length : extension.has(one) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const { alone, joined } = room[encoding];
  return { encoding, units, segments: units <= alone ? 1 : parts(widths, joined) };
};

const parts = (widths: readonly number[], size: number): number => {
  let count = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > size) {
      count += 1;
      used = 0;
    }
    used += width;
  }
  return count;
};
