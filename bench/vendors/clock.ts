const HOURS_BEHIND = 30;

/**
 * The machine's own pace, but more than a day ago: a clock that is behind by less counts as one that was set back. Hours pass at the vendors between two cases, and Heed reads from the earlier of
 * their clock and its own: with clocks that ran ahead of it, no time would have passed at all.
 */
export const BEHIND_OURS = { now: (): number => Date.now() - HOURS_BEHIND * 3_600_000 };
