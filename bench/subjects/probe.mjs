// Preloaded (`--import`) into every process that is measured; leaves behind what the process used, as it ends.
// Plain JavaScript: the loader of TypeScript alone would add 20 MB to the peak.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const { searchParams } = new URL(import.meta.url);
const usedFile = searchParams.get('used') ?? '';
const profileFile = searchParams.get('profile');
const SAMPLE_EVERY_US = 1000;

/** @type {Session | undefined} */
let session;
if (profileFile !== null) {
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  session.post('Profiler.start');
}

process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  const used = {
    startedAtMs: performance.timeOrigin,
    endedAtMs: performance.timeOrigin + performance.now(),
    cpuUs: user + system,
    // In kilobytes, says Node's documentation.
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  writeFileSync(usedFile, JSON.stringify(used));
  // A session with its own thread answers at once, inside `post`.
  session?.post('Profiler.stop', (error, answer) => {
    if (error !== null) throw error;
    writeFileSync(profileFile ?? '', JSON.stringify(answer.profile));
  });
});
