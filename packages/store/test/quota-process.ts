// One process of the account quota's test: makes requests under the limits it is told and notes when each began and ended.
import { appendFileSync } from 'node:fs';
import { createMeter, createTools, memoryVault, systemClock } from '@heed/toolkit';
import { accountQuotaFile } from '../src/account-quota.ts';

const [quotaFile = '', logFile = '', name = '', requests = '0', mode = 'work'] = process.argv.slice(2);
const quota = accountQuotaFile(quotaFile, systemClock);
const limits = [
  { kind: 'concurrent', max: 3, source: 'test' },
  { kind: 'window', max: 20, windowMs: 500, source: 'test' },
] as const;
const note = (what: string): void => appendFileSync(logFile, `${JSON.stringify({ name, what, at: Date.now() })}\n`);

if (mode === 'hang') {
  // Takes every connection and waits to be killed.
  for (let taken = 0; taken < 3; taken += 1) await quota.take({ account: 'demo:a', limits, holdMs: 1_500 });
  note('holding');
  setInterval(() => {}, 1_000);
} else {
  const tools = createTools({
    connector: 'demo',
    account: 'a',
    limits,
    clock: systemClock,
    random: Math.random,
    quota,
    vault: memoryVault(),
    meter: createMeter(),
  });
  const signal = new AbortController().signal;
  const request = async () => {
    note('begin');
    await systemClock.sleep(10);
    note('end');
    return { value: null };
  };
  const spec = { name: 'request', kind: 'read', repeatable: true, signal } as const;
  await Promise.all(Array.from({ length: Number(requests) }, () => tools.call(spec, request)));
  quota.close();
}
