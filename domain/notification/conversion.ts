// What one recipient did in the caller's own business, as far as one experiment asks. A stream of its own for each recipient, so that many
// can be told of at once. Whether it counts, and for which variant, is for who reads it to say: it hangs on when they were notified.
import { accept, type Decider } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';

/** `recipient` is what the recipient is counted under: no address. `at` is when it happened. */
export type Conversion = { experiment: string; recipient: string; event: string; at: string };
export type ConversionEvent = { type: 'ConversionRecorded'; data: Conversion };

/** What is known already: event and time. */
export type Conversions = ReadonlySet<string>;
export type ConversionCommand = { type: 'Record'; conversion: Conversion };

const nameOf = ({ event, at }: Conversion): string => `${event} ${at}`;

export const conversions: Decider<Conversions, ConversionCommand, ConversionEvent, never> = {
  initialState: new Set(),
  decide: ({ conversion }, known) => (known.has(nameOf(conversion)) ? accept() : accept({ type: 'ConversionRecorded', data: conversion })),
  evolve: (known, { data }) => new Set([...known, nameOf(data)]),
};

export const conversionCatalogue: EventCatalogue<ConversionEvent> = { ConversionRecorded: {} };

/** What the write side needs to know of conversions. */
export const conversionAggregate = { category: 'conversion', decider: conversions, catalogue: conversionCatalogue };
