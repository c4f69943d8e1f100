import type { Row } from './report.ts';

/** How long and how often: the same measures in a hurry show that they work, and no figures worth keeping. */
export type Pace = { rounds: number; seconds: number };

export type Measure = { name: string; run: (pace: Pace) => Promise<readonly Row[]> };
