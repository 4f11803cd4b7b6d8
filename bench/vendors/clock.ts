const HOURS_BEHIND = 300;

/**
 * The machine's own pace, but more than a day ago. Hours pass at the vendors between two cases, and Heed reads from the
 * earlier of their clock and its own: with clocks that ran ahead of it, no time would have passed at all. A clock that is
 * behind by less than a day counts as one that was set back, and costs reads.
 */
export const BEHIND_OURS = { now: (): number => Date.now() - HOURS_BEHIND * 3_600_000 };
