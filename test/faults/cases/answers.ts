import type { FaultRule } from '@heed/sandbox';
import { ATTENTION, DONE, FAILED, type FaultCase, UNREACHABLE } from '../runner/fault-case.ts';
import type { SystemName } from '../runner/world.ts';
import { HUBSPOT, MAILCHIMP, NETSUITE, on, SALESFORCE } from './points.ts';

/** What a broken answer means for who reads: it passes, it says that we are not wanted, or nobody understands it. */
type Means = 'later' | 'no' | 'nonsense';

interface BrokenAnswer {
  readonly name: string;
  readonly rule: FaultRule;
  readonly means: Means;
  /** Where a system has its own meaning. */
  readonly but?: Readonly<Partial<Record<SystemName, Means>>>;
  readonly waitMs?: number;
  /** So like its neighbour that it is played with `HEED_FAULTS=all` only. */
  readonly alike?: true;
}

const HOUR_MS = 3_600_000;

/** Every way an answer can be late, lost, broken or refused. A missing answer is lost after the write as well as before it. */
const ANSWERS: readonly BrokenAnswer[] = [
  { name: 'throttled, no Retry-After', rule: { kind: 'throttle' }, means: 'later' },
  { name: 'throttled, Retry-After in seconds', rule: { kind: 'throttle', retryAfterS: 31 }, means: 'later' },
  {
    name: 'throttled, Retry-After as a date',
    rule: { kind: 'throttle', retryAfterS: 95, details: { retryAfter: 'date' } },
    means: 'later',
  },
  {
    name: 'throttled for an hour',
    rule: { kind: 'throttle', retryAfterS: 3_601 },
    means: 'later',
    waitMs: 2 * HOUR_MS,
  },
  // Mailchimp's edge throttles with it. Salesforce throttles with a 403 in JSON (that is `throttle`), the others never with one.
  {
    name: 'a bare 403 of the edge',
    rule: { kind: 'html', status: 403 },
    means: 'later',
    but: { salesforce: 'no', hubspot: 'no', netsuite: 'no' },
  },
  { name: '500', rule: { kind: 'server-error', status: 500 }, means: 'later' },
  { name: '502', rule: { kind: 'server-error', status: 502 }, means: 'later', alike: true },
  { name: '503, Retry-After', rule: { kind: 'server-error', status: 503, retryAfterS: 21 }, means: 'later' },
  { name: '504', rule: { kind: 'server-error', status: 504 }, means: 'later', alike: true },
  { name: 'a page and 200', rule: { kind: 'html', status: 200 }, means: 'later' },
  { name: 'a page and 503', rule: { kind: 'html', status: 503 }, means: 'later', alike: true },
  { name: 'reset before', rule: { kind: 'reset' }, means: 'later', alike: true },
  { name: 'reset after', rule: { kind: 'reset-after' }, means: 'later' },
  { name: 'time-out before', rule: { kind: 'timeout-before' }, means: 'later' },
  { name: 'time-out after', rule: { kind: 'timeout-after' }, means: 'later' },
  { name: 'a slow drip', rule: { kind: 'drip', delayMs: 20 }, means: 'later' },
  { name: 'truncated', rule: { kind: 'truncated' }, means: 'later' },
  { name: 'Content-Length too long', rule: { kind: 'wrong-length' }, means: 'later', alike: true },
  {
    name: 'Content-Length too short',
    rule: { kind: 'wrong-length', details: { byBytes: -7 } },
    means: 'later',
  },
  { name: 'gzip that breaks off', rule: { kind: 'corrupt-gzip' }, means: 'later' },
  { name: 'no gzip where it says so', rule: { kind: 'false-encoding' }, means: 'later', alike: true },
  { name: 'a body without end', rule: { kind: 'oversized' }, means: 'nonsense' },
  { name: '200 without a body', rule: { kind: 'empty' }, means: 'nonsense', but: { hubspot: 'later' } },
  { name: '200 and null', rule: { kind: 'wrong-shape' }, means: 'nonsense' },
  { name: '200 and []', rule: { kind: 'wrong-shape', details: { body: [] } }, means: 'nonsense', alike: true },
  { name: '200 and "ok"', rule: { kind: 'wrong-shape', details: { body: 'ok' } }, means: 'nonsense' },
  { name: '200 and {}', rule: { kind: 'wrong-shape', details: { body: {} } }, means: 'nonsense', alike: true },
  { name: 'redirected, 302', rule: { kind: 'redirect' }, means: 'nonsense', alike: true },
  { name: 'redirected, 307', rule: { kind: 'redirect', status: 307 }, means: 'nonsense', alike: true },
];

const POINTS = { salesforce: SALESFORCE, mailchimp: MAILCHIMP, hubspot: HUBSPOT, netsuite: NETSUITE };

/** A read that fails stops the run before anything is decided by half of what is known. */
const READ_EXIT = { later: UNREACHABLE, no: UNREACHABLE, nonsense: FAILED };

/** Three cases of one answer at one system: every read, every write, and one of each. */
const casesOf = (system: SystemName, answer: BrokenAnswer): readonly FaultCase[] => {
  const { name, rule, waitMs } = answer;
  const means = answer.but?.[system] ?? answer.means;
  const { reading, writing } = POINTS[system];
  const common = { system, ...(waitMs === undefined ? {} : { waitMs }) };
  const isShort = means === 'later' && waitMs === undefined;
  return [
    { ...common, name: `${system}, every read: ${name}`, rules: on(reading, rule), exit: [READ_EXIT[means]] },
    {
      ...common,
      name: `${system}, every write: ${name}`,
      rules: on(writing, rule),
      // What was written is looked up, also when its answer cannot be read; so all may be well.
      exit: [DONE, UNREACHABLE, ATTENTION],
    },
    {
      ...common,
      name: `${system}, one read and one write of each kind: ${name}`,
      rules: on([...reading, ...writing], { ...rule, count: 1 }),
      exit: isShort ? [DONE, ATTENTION] : [READ_EXIT[means]],
    },
  ];
};

/** All of them: 3 for each answer and system. */
export const everyAnswer = (system: SystemName): readonly FaultCase[] =>
  ANSWERS.flatMap((answer) => casesOf(system, answer));

/** Whose turn it is among the three cases of an answer: at no two systems the same, so that together all are met. */
const TURNS: Readonly<Record<SystemName, number>> = { salesforce: 0, mailchimp: 1, netsuite: 2, hubspot: 3 };
/**
 * HubSpot and NetSuite travel by one transport (packages/toolkit), so every answer but the commonest is played at one of the two, in
 * turns; `HEED_FAULTS=all` plays all.
 */
const BY_ONE_TRANSPORT: readonly SystemName[] = ['netsuite', 'hubspot'];

/** One for each answer and system, where it differs from its neighbours: reads, writes and single calls take turns. */
export const someAnswers = (system: SystemName): readonly FaultCase[] => {
  const among = BY_ONE_TRANSPORT.indexOf(system);
  return ANSWERS.filter(({ alike }) => alike !== true).flatMap((answer, index) => {
    const isOthers = index > 0 && among >= 0 && index % BY_ONE_TRANSPORT.length !== among;
    const cases = isOthers ? [] : casesOf(system, answer);
    // 64 MiB are read of a body without end, each time: once will do.
    const turn = answer.rule.kind === 'oversized' ? 0 : (index + TURNS[system]) % 3;
    return cases.slice(turn, turn + 1);
  });
};
