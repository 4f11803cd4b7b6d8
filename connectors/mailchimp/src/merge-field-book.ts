import type { Clock } from '@heed/contract';
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
  let kept: { readonly at: number; readonly fields: Promise<readonly WireMergeField[]> } | null = null;
  const refresh = (signal: AbortSignal): Promise<readonly WireMergeField[]> => {
    const asked = { at: clock.now(), fields: api.mergeFields(signal) };
    kept = asked;
    asked.fields.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked.fields;
  };
  return {
    refresh,
    known: (signal) => (kept !== null && Math.abs(clock.now() - kept.at) < KEPT_MS ? kept.fields : refresh(signal)),
    forget: () => {
      kept = null;
    },
  };
};
