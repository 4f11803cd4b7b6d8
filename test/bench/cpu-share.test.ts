import { describe, expect, it } from 'vitest';
import { shareOf } from '../../bench/report/cpu-share.ts';

/** One stack, outermost frame first, as `function@url`, and how many microseconds it ran. */
type Stack = readonly [us: number, ...frames: string[]];

const profileOf = (stacks: readonly Stack[]): Parameters<typeof shareOf>[0] => {
  const nodes: Parameters<typeof shareOf>[0]['nodes'] = [];
  const samples: number[] = [];
  const timeDeltas = [0];
  for (const [us, ...frames] of stacks) {
    for (const [depth, frame] of frames.entries()) {
      const at = frame.indexOf('@');
      const [functionName, url] = [frame.slice(0, at), frame.slice(at + 1)];
      const id = nodes.length + 1;
      const callFrame = { functionName, url: url.replace('HOME', 'file:///home/heed'), scriptId: '0' };
      const children = depth === frames.length - 1 ? [] : [id + 1];
      nodes.push({ id, callFrame: { ...callFrame, lineNumber: 0, columnNumber: 0 }, children });
    }
    samples.push(nodes.length);
    timeDeltas.push(us);
  }
  return { nodes, samples, timeDeltas, startTime: 0, endTime: 0 };
};

const helpers = new Set(['zod', 'csv-parse']);
const share = (...stacks: readonly Stack[]) => shareOf(profileOf(stacks), helpers);
const ENGINE = 'run@HOME/packages/core/src/sync/run-profile.ts';
const CONNECTOR = 'send@HOME/connectors/mailchimp/dist/src/sdk.js';
const SDK = 'callApi@HOME/node_modules/@mailchimp/mailchimp_marketing/src/ApiClient.js';

describe('whose CPU it was', () => {
  it('is the nearest file that decides it', () => {
    const { engine, sdk } = share([100, ENGINE, CONNECTOR], [300, ENGINE, CONNECTOR, SDK]);
    expect({ engine, sdk }).toEqual({ engine: 0.25, sdk: 0.75 });
  });

  it.each([
    { frame: 'all@node:sqlite', owner: 'engine' },
    { frame: 'parse@', owner: 'engine' },
    { frame: 'check@HOME/node_modules/zod/v4/core.js', owner: 'engine' },
    { frame: 'end@HOME/node_modules/superagent/lib/node/index.js', owner: 'sdk' },
    { frame: 'write@node:internal/stream_base_commons', owner: 'sdk' },
    { frame: 'fetch@node:internal/deps/undici/undici', owner: 'sdk' },
    { frame: 'load@node:internal/modules/esm/loader', owner: 'startUp' },
  ] as const)('$frame, called by the engine, is $owner', ({ frame, owner }) => {
    const { engine, sdk, startUp } = share([100, ENGINE, frame]);
    expect({ engine, sdk, startUp }).toEqual({ engine: 0, sdk: 0, startUp: 0, [owner]: 1 });
  });

  it('what a library does for an SDK is the SDK', () => {
    expect(share([100, ENGINE, SDK, 'read@HOME/node_modules/csv-parse/lib/index.js']).sdk).toBe(1);
  });

  it('idle time counts for nobody, garbage collection for all in proportion', () => {
    const seen = share([900, '(idle)@'], [50, '(garbage collector)@'], [50, ENGINE]);
    expect(seen).toMatchObject({ engine: 1, garbageCollection: 0.5 });
  });

  it('names functions by themselves, and with what they call', () => {
    const { tops } = share([1_000, ENGINE, CONNECTOR], [2_000, ENGINE]);
    expect(tops.self).toEqual([
      { name: 'run packages/core/src/sync/run-profile.ts:1', ms: 2 },
      { name: 'send connectors/mailchimp/dist/src/sdk.js:1', ms: 1 },
    ]);
    expect(tops.inclusive[0]).toEqual({ name: 'run packages/core/src/sync/run-profile.ts:1', ms: 3 });
    expect(tops.folders.map(({ name }) => name)).toEqual(['packages/core/sync', 'connectors/mailchimp']);
  });
});
