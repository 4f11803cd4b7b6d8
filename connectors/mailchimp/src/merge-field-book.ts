import type { Clock } from '@heed/contract';
import { bookOf } from '@heed/toolkit';
import type { Api } from './api.ts';
import type { WireMergeField } from './wire.ts';

/**
 * So long they are believed. What changes meanwhile shows in the answers: a value of the wrong type is refused, and a member
 * comes back without a field that is gone. Either way they are read again at once.
 */
const KEPT_MS = 5 * 60_000;

/** The audience's merge fields, asked for now and then instead of before every write. */
export interface MergeFieldBook {
  known(signal: AbortSignal): Promise<readonly WireMergeField[]>;
  /** Reads them again. */
  refresh(signal: AbortSignal): Promise<readonly WireMergeField[]>;
  /** An answer contradicted them. */
  forget(): void;
}

export const createMergeFieldBook = (api: Pick<Api, 'mergeFields'>, clock: Pick<Clock, 'now'>): MergeFieldBook => {
  const { within, renewed: refresh, forget } = bookOf((signal) => api.mergeFields(signal), clock);
  return { refresh, forget, known: (signal) => within(KEPT_MS, signal) };
};
