/** What became of an attempt that was assessed. `captured` and `refunded` in minor units; `disputed` until it is won. */
export type Fate = {
  status: 'open' | 'not_made' | 'declined' | 'paid';
  captured: number;
  refunded: number;
  disputed: boolean;
};

export const noFate: Fate = { status: 'open', captured: 0, refunded: 0, disputed: false };

/** In one word; of several the gravest. */
export const fateNames = ['open', 'not_made', 'declined', 'paid', 'refunded', 'disputed'] as const;
export type FateName = (typeof fateNames)[number];

export const fateName = ({ status, refunded, disputed }: Fate): FateName => (disputed ? 'disputed' : refunded > 0 ? 'refunded' : status);
