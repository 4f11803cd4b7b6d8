import type { Settings } from '../settings.ts';
import { Bench, type Write } from './bench.ts';
import { keyOf } from './circle.ts';
import { clear, crmOptOut, marketingOptOut } from './consent-writes.ts';
import type { Violation } from './judge.ts';
import { crmCreate, leave, marketingCreate, patch, rename } from './other-writes.ts';
import type { Past } from './past.ts';
import { isAboutTopic } from './topic.ts';

/** Judges one write of the engine at the moment it was sent: I1, I2, I9 and the columns of table C0. */
export const judgeWrite = (settings: Settings, past: Past, write: Write): readonly Violation[] => {
  const bench = new Bench(settings, past, write);
  const { op } = write;
  const addresses = 'email' in op ? [op.email] : [op.from, op.to];
  if (addresses.some((one) => past.erased.has(keyOf(one) ?? '')) && op.kind !== 'opt-out')
    bench.blame('I2', 'C25', 'is about somebody who was erased');
  if (addresses.some((one) => past.isForgotten(keyOf(one) ?? ''))) return bench.found;
  if (write.intent !== null && write.intent.because < 0)
    bench.blame('I7', 'C8', 'was sent before its intent was durable');
  switch (op.kind) {
    case 'opt-out':
      if (write.intent?.because === 0) bench.blame('I4', 'C25', 'rests on no fact');
      if (isAboutTopic(op)) break;
      if (write.side === 'crm') crmOptOut(bench, op);
      else marketingOptOut(bench, op);
      break;
    case 'clear':
      if (write.intent?.because === 0) bench.blame('I4', 'C25', 'rests on no fact');
      clear(bench, op);
      break;
    case 'patch':
      patch(bench, op);
      break;
    case 'create':
      if (write.side === 'crm') crmCreate(bench, op);
      else marketingCreate(bench, op);
      break;
    case 'rename':
      rename(bench, op);
      break;
    case 'leave':
      leave(bench, op);
  }
  return bench.found;
};
