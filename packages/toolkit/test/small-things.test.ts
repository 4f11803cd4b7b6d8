import { ConnectorError } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  fakeClock,
  inParallel,
  nextLink,
  redact,
  refuseRedirect,
  retryAfterMs,
  safeMessage,
  sameOrigin,
  seededRandom,
  systemClock,
  unreachable,
} from '../src/index.ts';

describe('redact', () => {
  it.each([
    ['ann@example.org is already a list member', 'ann'],
    ['members/ann%40example.org failed', 'ann'],
    ['"Ann O\'Neil" <ann.o+x@sub.example.co.uk>', 'ann.o'],
    ['jörg.müller@exämple.org bounced', 'müller'],
    ['Authorization: Bearer abc.def-123', 'abc.def'],
    ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['key 0123456789abcdef0123456789abcdef-us6 refused', '0123456789abcdef'],
    ['00Dxx0000001gPL!AR8AQJXg5oj8jXSgxJfA0lBog expired', 'AR8AQ'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl', 'eyJpc3'],
    ['GET https://x.example/cb?code=s3cr3t&state=1', 's3cr3t'],
    ['GET https://x.example/a?access_token=s3cr3t', 's3cr3t'],
    ['{"client_secret":"s3cr3t","a":1}', 's3cr3t'],
    ['refresh_token=5Aep861_x.y', '5Aep861'],
    ['https://user:s3cr3t@host.example/', 's3cr3t'],
    ['token is 3MVG9n_HvETGhr3AitJ8eZ0aPqQzR4tLx', '3MVG9n'],
  ])('hides what matters in: %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it.each([
    'INVALID_FIELD: No such column HasOptedOutOfEmail on entity Lead',
    'record 003Hs00000AbCdEIAV is locked',
    'GET /3.0/lists/a1b2c3d4e5/members answered 503 at 2026-11-21T10:00:00Z',
    'The resource could not be found: https://us6.api.mailchimp.com/3.0/lists?count=10',
  ])('leaves what support needs: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('never shows more of an error than a line, with the code of its cause', () => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });
    expect(safeMessage(error)).toBe('fetch failed (ECONNRESET)');
    expect(safeMessage({ any: 'ann@example.org' })).toBe('unknown error');
    expect(safeMessage('no '.repeat(1000)).length).toBeLessThan(410);
  });
});

describe('errors of the network', () => {
  const wrapped = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
  it.each([
    [wrapped('ECONNREFUSED'), false],
    [wrapped('ENOTFOUND'), false],
    [wrapped('ECONNRESET'), true],
    [
      new TypeError('fetch failed', { cause: new AggregateError([wrapped('ECONNREFUSED'), wrapped('ENETUNREACH')]) }),
      false,
    ],
    [
      new TypeError('fetch failed', { cause: new AggregateError([wrapped('ECONNREFUSED'), wrapped('ETIMEDOUT')]) }),
      true,
    ],
    [new Error('socket hang up'), true],
  ])('%s may have applied: %s', (error, mayHaveApplied) => {
    expect(unreachable('update', error)).toMatchObject({ kind: 'unavailable', details: { mayHaveApplied } });
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-05T09:00:00Z');
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('links and hosts', () => {
  const base = 'https://org.my.salesforce.com/services/data/v67.0/';
  it.each(['/services/data/v67.0/query/01g-2000', 'query/01g', 'https://org.my.salesforce.com/x'])(
    'follows %s',
    (link) => {
      expect(nextLink(base, link).startsWith('https://org.my.salesforce.com/')).toBe(true);
    },
  );
  it.each([
    'https://evil.example/query',
    '//evil.example/query',
    'http://org.my.salesforce.com/query',
    'https://org.my.salesforce.com:8443/query',
    'https://org.my.salesforce.com.evil.example/',
    'https://org.my.salesforce.com@evil.example/',
    'https://user:pass@org.my.salesforce.com/',
    'data:text/html,x',
    '\\\\evil.example\\query',
  ])('does not follow %s', (link) => {
    expect(() => nextLink(base, link)).toThrow(ConnectorError);
  });
  it('compares origins', () => {
    expect(sameOrigin('http://127.0.0.1:1', 'http://127.0.0.1:1/a')).toBe(true);
    expect(sameOrigin('http://127.0.0.1:1', 'http://127.0.0.1:2/a')).toBe(false);
    expect(sameOrigin('nonsense', 'also nonsense')).toBe(false);
  });
  it('refuses redirects', () => {
    for (const status of [301, 302, 303, 307, 308]) expect(() => refuseRedirect(status)).toThrow(ConnectorError);
    for (const status of [200, 204, 304, 400, 503]) expect(() => refuseRedirect(status)).not.toThrow();
    expect(() => refuseRedirect(302, 'Salesforce, query')).toThrow(/^Salesforce, query: .*redirect \(302\)/);
  });
});

describe('batches', () => {
  it('cuts without loss', () => {
    expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunk([], 2)).toEqual([]);
    expect(() => chunk([1], 0)).toThrow(RangeError);
  });

  it('runs no more than allowed at a time, and answers in order', async () => {
    const clock = fakeClock();
    let open = 0;
    let most = 0;
    const work = inParallel([5, 1, 4, 2, 3], 2, async (item, index) => {
      open += 1;
      most = Math.max(most, open);
      await clock.sleep(item);
      open -= 1;
      return `${index}:${item}`;
    });
    await clock.advance(100);
    expect(await work).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
    expect(most).toBe(2);
  });

  it('begins nothing new after a failure, and waits for what runs', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const clock = fakeClock();
    const work = inParallel([0, 1, 2, 3], 2, async (item) => {
      begun.push(item);
      await clock.sleep(item === 0 ? 1 : 10);
      if (item === 0) throw new Error('first');
      ended.push(item);
    });
    work.catch(() => {});
    await clock.advance(100);
    await expect(work).rejects.toThrow('first');
    expect([begun, ended]).toEqual([[0, 1], [1]]);
  });
});

describe('clocks and chance', () => {
  it('wakes sleepers in their order, and those who sleep again', async () => {
    const clock = fakeClock(0);
    const woken: string[] = [];
    const twice = async (): Promise<void> => {
      await clock.sleep(10);
      woken.push(`a ${clock.now()}`);
      await clock.sleep(10);
      woken.push(`a ${clock.now()}`);
    };
    const once = clock.sleep(15).then(() => woken.push(`b ${clock.now()}`));
    const both = Promise.all([twice(), once]);
    await clock.advance(30);
    await both;
    expect(woken).toEqual(['a 10', 'b 15', 'a 20']);
    expect(clock.now()).toBe(30);
  });

  it('ends a sleep with the reason of its signal', async () => {
    for (const clock of [systemClock, fakeClock()]) {
      const stop = new AbortController();
      const slept = clock.sleep(1_000_000, stop.signal);
      stop.abort(new Error('stop it'));
      await expect(slept).rejects.toThrow('stop it');
      await expect(clock.sleep(1, AbortSignal.abort(new Error('already')))).rejects.toThrow('already');
    }
  });

  it('draws the same numbers for the same seed', () => {
    const draw = (seed: number) => Array.from({ length: 100 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1).every((one) => one >= 0 && one < 1)).toBe(true);
  });
});
