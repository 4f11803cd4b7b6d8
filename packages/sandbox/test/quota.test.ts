import { describe, expect, test } from 'vitest';
import { freshQuota, quotaUsed, takeQuota } from '../src/index.ts';

describe('quotas', () => {
  test('a fixed window begins anew at its next multiple', () => {
    const use = freshQuota();
    const rule = { limit: 2, windowMs: 1_000, kind: 'fixed' } as const;
    expect(takeQuota(use, rule, 10)).toEqual({ allowed: true, used: 1, limit: 2, retryAfterMs: 0 });
    expect(takeQuota(use, rule, 900).allowed).toBe(true);
    expect(takeQuota(use, rule, 950)).toEqual({ allowed: false, used: 2, limit: 2, retryAfterMs: 50 });
    expect(takeQuota(use, rule, 1_000).allowed).toBe(true);
  });

  test('a rolling day forgets a call when it is a day old', () => {
    const day = 86_400_000;
    const use = freshQuota();
    const rule = { limit: 10, windowMs: day, kind: 'rolling' } as const;
    expect(takeQuota(use, rule, 0, 6).allowed).toBe(true);
    expect(takeQuota(use, rule, day / 2, 4).allowed).toBe(true);
    expect(takeQuota(use, rule, day / 2)).toMatchObject({ allowed: false, used: 10, retryAfterMs: day / 2 });
    expect(takeQuota(use, rule, day, 6).allowed).toBe(true);
    expect(quotaUsed(use, rule, day)).toBe(10);
    expect(quotaUsed(JSON.parse(JSON.stringify(use)), rule, day * 3)).toBe(0);
  });
});
