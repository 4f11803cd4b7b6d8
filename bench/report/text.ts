import { type Least, sumOf } from '../least-calls.ts';
import { MAIN, pairOf } from '../pairs.ts';
import { callsOf, caseTitle, type Measured, type Results } from '../results.ts';
import { type Aim, aimsOf } from './aims.ts';
import { engineUsPerContact } from './engine-cpu.ts';
import { type Column, table } from './table.ts';

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const seconds = (value: number | null): string => (value === null ? 'never' : value.toFixed(1));
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const right = (title: string): Column => ({ title, right: true });

/** Everything that was measured, for people. */
export const textOf = (results: Results): string =>
  [
    header(results),
    section('Every case: one `heed sync` in a process of its own', casesTable(results)),
    section('Time until opt-outs are read back (seconds since people made them)', optOutTable(results)),
    section('Import of an opt-out list: `heed optouts import`', importTable(results)),
    section('Beside it: the same SDKs without Heed', comparisonTable(results)),
    section('Calls that differ from the least possible', differences(results)),
    profile(results),
    section('Aims', aimTable(aimsOf(results))),
    section('NOT MEASURED', results.failures.map((failure) => `  ${failure}`).join('\n')),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

const section = (title: string, text: string): string => (text === '' ? '' : `${title}\n${text}`);

const header = ({ machine, settings }: Results): string =>
  [
    `Heed ${machine.commit.slice(0, 12)}${machine.changed ? ' and changes that are not committed' : ''}, ${machine.date}`,
    `${machine.processor}, ${machine.cores} cores, ${megabytes(machine.memoryBytes)} MB, ${machine.os}, Node ${machine.node}, ${Object.entries(
      machine.sdks,
    )
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `Latency ${settings.readMs} ms for reads, ${settings.writeMs} ms for writes; seed ${settings.seed}; ${settings.built ? 'built' : 'from source'}; load of the machine at the start ${machine.load.toFixed(1)}`,
  ].join('\n');

const casesTable = (results: Results): string => {
  const firsts = results.measured.filter(({ name, pair }) => name === 'first' && pair === MAIN);
  const sameSize = firsts.find(({ contacts }) => contacts === results.profiled?.contacts);
  const columns = [
    { title: 'case' },
    right('contacts'),
    right('concerned'),
    right('calls'),
    right('least'),
    right('writes'),
    right('MB moved'),
    right('seconds'),
    right('contacts/s'),
    right('CPU us each'),
    right('engine us each'),
    right('peak MB'),
  ];
  const rows = results.measured.map((one) => {
    const engine =
      one.name === 'first' && one.pair === MAIN ? engineUsPerContact(one, sameSize, results.profiled) : null;
    return [
      `${caseTitle(one)}${one.status === 'done' && one.owed === 0 ? '' : ` (${one.status}, ${one.owed} owed)`}`,
      number(one.contacts),
      number(one.concerned),
      number(callsOf(one)),
      one.least === null ? '' : number(sumOf(one.least)),
      number(one.writes),
      megabytes(one.bytes),
      seconds(one.seconds),
      number(one.concerned / one.seconds),
      one.concerned === 0 ? '' : number(one.cpuUs / one.concerned),
      engine === null ? '' : number(engine),
      megabytes(one.peakBytes),
    ];
  });
  return table(columns, rows);
};

const optOutTable = ({ optOutTimes }: Results): string =>
  optOutTimes.length === 0
    ? ''
    : table(
        [
          { title: 'made in' },
          { title: 'beside' },
          right('people'),
          right('until Heed looked'),
          right('until shown'),
          right('until read back'),
          right('syncs'),
          right('approvals'),
        ],
        optOutTimes.map((one) => [
          `${pairOf(one.pair)[one.from]}${one.pair === MAIN ? '' : ` (${one.pair})`}`,
          one.behind === 0 ? 'nothing' : `a first sync of ${number(one.behind)}`,
          number(one.people),
          seconds(one.waitedSeconds),
          seconds(one.shownSeconds),
          seconds(one.readBackSeconds),
          String(one.syncs),
          String(one.approvals),
        ]),
      );

const importTable = ({ imports }: Results): string =>
  imports.length === 0
    ? ''
    : table(
        ['lines', 'members', 'seconds', 'lines/s', 'CPU us a line', 'peak MB', 'MB of the file', 'MB more on disk'].map(
          right,
        ),
        imports.map((one) => [
          number(one.lines),
          number(one.members),
          seconds(one.seconds),
          number(one.lines / one.seconds),
          number(one.cpuUs / one.lines),
          megabytes(one.peakBytes),
          megabytes(one.fileBytes),
          megabytes(one.stateBytes),
        ]),
      );

const comparisonTable = ({ comparisons }: Results): string =>
  comparisons.length === 0
    ? ''
    : table(
        [
          { title: '' },
          right('contacts'),
          right('calls'),
          right('MB moved'),
          right('seconds'),
          right('contacts/s'),
          right('CPU us each'),
          right('peak MB'),
        ],
        comparisons.map((one) => [
          one.name === 'raw loop' ? 'raw loop: pages and full batches, no state' : 'plain script: one call a record',
          number(one.contacts),
          number(one.calls),
          megabytes(one.bytes),
          seconds(one.seconds),
          number(one.contacts / one.seconds),
          number(one.cpuUs / one.contacts),
          megabytes(one.peakBytes),
        ]),
      );

const differences = ({ measured }: Results): string => {
  const rows = measured.flatMap((one) =>
    (['crm', 'marketing'] as const).flatMap((side) =>
      one.least === null ? [] : kindsThatDiffer(one, side, one.least[side]),
    ),
  );
  if (rows.length === 0) return '';
  const columns = [
    { title: 'case' },
    { title: 'call' },
    right('made'),
    right('least'),
    { title: 'why at least so many' },
  ];
  return table(columns, rows);
};

const kindsThatDiffer = (
  one: Measured,
  side: 'crm' | 'marketing',
  least: Readonly<Record<string, Least>>,
): readonly (readonly string[])[] =>
  [...new Set([...Object.keys(least), ...Object.keys(one[side])])].flatMap((kind) => {
    const [made, needed] = [one[side][kind] ?? 0, least[kind]?.calls ?? 0];
    if (made === needed) return [];
    return [
      [
        `${caseTitle(one)}, ${number(one.contacts)}`,
        `${pairOf(one.pair)[side]}: ${kind}`,
        number(made),
        number(needed),
        least[kind]?.source ?? '',
      ],
    ];
  });

const profile = ({ profiled }: Results): string => {
  if (profiled === null) return '';
  const { share, contacts } = profiled;
  const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;
  const tops = (title: string, list: readonly { readonly name: string; readonly ms: number }[]): string =>
    section(
      title,
      table(
        [right('ms'), { title: '' }],
        list.map(({ name, ms }) => [number(ms), name]),
      ),
    );
  return [
    `Where the CPU went: a first sync of ${number(contacts)} once more, with V8's sampling profiler in Heed's process.
A sample belongs to the nearest file on its stack that decides it: packages/ and connectors/ are the engine; jsforce, the Mailchimp SDK, what
they bring along, and Node's HTTP, sockets and streams are the SDKs; loading of modules is the start. SQLite, hashing, JSON and libraries count as
their caller's. Engine ${percent(share.engine)}, SDKs ${percent(share.sdk)}, start ${percent(share.startUp)}; garbage collection (shared out in proportion) was ${percent(share.garbageCollection)} of all.
"engine us each" = (CPU of the whole process without profiler - start) x engine / (engine + SDKs) / contacts.`,
    tops('Self time by function', share.tops.self),
    tops('Time by folder, what it calls included', share.tops.folders),
    tops('Time by function, what it calls included', share.tops.inclusive),
  ].join('\n\n');
};

const aimTable = (aims: readonly Aim[]): string =>
  table(
    [{ title: 'aim' }, { title: 'measured' }, { title: '' }],
    aims.map(({ aim, measured, met }) => [aim, measured, met === null ? '-' : met ? 'met' : 'not met']),
  );
