/** Every line of a scenario happens this long after the one before: acts that are minutes apart, as in life. */
export const STEP_MS = 10 * 60_000;

const machineNow = Date.now.bind(Date);
let offsetMs = 0;

/** From here on everybody in this process, both stand-ins and Heed, lives by a clock that a scenario can move. */
export const takeOverTheClock = (): (() => void) => {
  Date.now = () => machineNow() + offsetMs;
  return () => {
    Date.now = machineNow;
  };
};

/** Moves the clock forward; it never goes back. */
export const later = (ms: number): void => {
  offsetMs += ms;
};

/** How far the clock is ahead of the machine's, for a process that is to live by it too. */
export const aheadMs = (): number => offsetMs;
