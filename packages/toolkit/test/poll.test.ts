import { askAgainMs } from '@heed/toolkit';
import { expect, it } from 'vitest';

it('asks about a young job soon, about an old one seldom, and never less than twice a minute', () => {
  expect([-5, 0, 1_000, 10_000, 61_000, 86_400_000].map(askAgainMs)).toEqual([500, 500, 500, 5_000, 30_000, 30_000]);
});

it('a job of ten minutes is asked about some thirty times', () => {
  let [age, times] = [0, 0];
  for (; age < 600_000; times += 1) age += askAgainMs(age);
  expect(times).toBeLessThan(32);
});
