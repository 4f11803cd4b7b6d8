// Loaded into the process that is to be killed, before the built command line: it lives by the driver's time, and waits
// between two tries a fortieth of what it would. A time-out (whole minutes) ends after a second and a half.

import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const TIME_OUT_MS = 1_500;
const FASTER = 40;

const machineNow = Date.now.bind(Date);
const aheadMs = Number(process.env.KILL_AHEAD_MS);
Date.now = () => machineNow() + aheadMs;

const wait = timers.setTimeout;
timers.setTimeout = (ms, value, options) => {
  const isTimeOut = ms > 0 && ms % 60_000 === 0;
  return wait(isTimeOut ? TIME_OUT_MS : ms / FASTER, value, options);
};
syncBuiltinESMExports();
