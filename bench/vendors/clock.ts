const HOUR_MS = 3_600_000;
const HOURS_BEHIND = 300;

const offsetMs = HOURS_BEHIND * HOUR_MS + (Date.now() % (2 * HOUR_MS));

/**
 * The machine's own pace, but days ago. Time passes at the vendors between two cases, and Heed reads from the earlier of their
 * clock and its own: with clocks that ran ahead of it, no time would have passed at all. A clock that is behind by less than
 * a day counts as one that was set back, and costs reads; so it stays days behind, whatever passes. It begins at an even
 * hour: what HubSpot is asked at even hours falls between the cases.
 */
export const BEHIND_OURS = { now: (): number => Date.now() - offsetMs };
