import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyedHash } from '../src/keyed-hash.ts';

test('the keyed hash is HMAC-SHA256, whatever the length of key and text', () => {
  for (const keyBytes of [0, 1, 32, 64, 65, 200]) {
    const key = randomBytes(keyBytes);
    const hashOf = keyedHash(key);
    for (const text of ['', 'ann@example.org', 'jörg@例え.jp', 'x'.repeat(1_000)])
      expect(hashOf(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
  }
});
