import type { Event, MemberSnap, RecordSnap } from './history.ts';
import type { Violation } from './judge/judge.ts';
import type { Settings } from './settings.ts';

/** The whole history as text, a line per event, with the violations where they were noticed. */
export const traceOf = (settings: Settings, events: readonly Event[], violations: readonly Violation[]): string => {
  const start = events[0]?.at ?? 0;
  const lines = [
    `seed ${settings.seed}`,
    `rules  ${flat(settings.rules)}`,
    ...(settings.second === null ? [] : [`second ${flat(settings.second)}`]),
    `quirks ${flat(settings.quirks)}`,
    '',
  ];
  for (const event of events) {
    lines.push(
      `${String(event.n).padStart(4)} ${clock(event.at - start)} ${event.which === 'second' ? '2' : ' '}${lineOf(event)}`,
    );
    for (const violation of violations) if (violation.n === event.n) lines.push(`     >>> ${violationText(violation)}`);
  }
  lines.push('', ...violations.map((violation) => `>>> ${violationText(violation)} (event ${violation.n})`));
  return lines.join('\n');
};

export const violationText = ({ invariant, rule, text }: Violation): string =>
  `${invariant}${rule === '' ? '' : ` ${rule}`}: ${text}`;

const lineOf = (event: Event): string => {
  switch (event.kind) {
    case 'record':
      return `${who(event.by)} crm       ${event.act}: ${recordText(event.after)}`;
    case 'member':
      return `${who(event.by)} marketing ${event.act}${event.proven ? ' (provable)' : ''}: ${
        event.after === null ? `${event.before?.key} gone` : memberText(event.after)
      }`;
    case 'shown-record':
      return `   shown   crm       ${event.how}: ${recordText(event.snap)}${event.optedOut === null ? ' (opt-out hidden)' : ''}`;
    case 'shown-member':
      return `   shown   marketing ${event.how}: ${memberText(event.snap)}${event.proofOf === null ? '' : ' with proof'}`;
    case 'write':
      return `** SENT    ${event.side} ${opText(event.op)} -> ${event.told}${event.took ? '' : ' (changed nothing)'}`;
    case 'job-write':
      return `** JOB     ${event.side} ${opText(event.op)}${event.took ? '' : ' (changed nothing)'}`;
    case 'job':
      return `-- job of ${event.ops.length} in ${event.side} is ${event.phase}`;
    case 'run':
      return event.phase === 'began'
        ? `== RUN ${event.run} ${event.mode}${event.approve ? ' approved' : ''}`
        : `== RUN ${event.run} ended: ${event.status}${event.clean ? '' : ' (not clean)'}`;
    case 'stale-commit':
      return `!! run ${event.run} committed ${event.verb} with a stale fence`;
    case 'hidden':
      return `-- opt-out field of ${event.type} is ${event.hidden ? 'hidden' : 'visible'}`;
    case 'clock':
      return `-- the clock of ${event.side} is ${event.wrongByMs === 0 ? 'right' : `wrong by ${event.wrongByMs} ms`}`;
    case 'elsewhere':
      return `-- ${event.address} is elsewhere${event.isOut ? ' opted out' : ''}`;
    case 'complained':
      return `-- complaint elsewhere: ${event.addresses.join(' ')}`;
    case 'made-by-other':
      return `-- ${event.address} was made a member by the other profile`;
    case 'listed':
      return `-- opt-out list: ${event.addresses.join(' ')}`;
    case 'erased':
      return `-- erased: ${event.addresses.join(' ')}`;
    case 'note':
      return `-- ${event.text}`;
  }
};

const recordText = ({ key, email, optedOut, outOfTopic, optIn, fields, inList, life, reference }: RecordSnap): string =>
  `${key} ${email} ${optedOut ? 'OPTED-OUT' : 'not-out'}${outOfTopic ? ' OUT-OF-TOPIC' : ''}${optIn ? ' opt-in' : ''}${inList ? ' in-list' : ''} ${values(fields)}${
    life === 'live' ? '' : ` life=${life}`
  }${reference === null ? '' : ` ref=${reference}`}`;

const memberText = ({ key, email, status, by, complaint, outOfTopic, fields }: MemberSnap): string =>
  `${key} ${email} ${status.toUpperCase()} by ${by}${complaint ? ' COMPLAINT' : ''}${outOfTopic ? ' OUT-OF-TOPIC' : ''} ${values(fields)}`;

const opText = (op: Extract<Event, { kind: 'write' }>['op']): string => {
  const { kind, id, ...rest } = op;
  return `${kind} ${flat(rest)}`;
};

const values = (fields: Readonly<Record<string, string | null>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value ?? '-'}`)
    .join(' ');

const flat = (value: object): string =>
  Object.entries(value)
    .filter(([, one]) => one !== null && one !== false)
    .map(([name, one]) => `${name}=${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(' ');

const who = (by: string): string => `${by === 'us' ? '  ' : '@ '}${by.padEnd(8)}`;

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  return `${part(Math.floor(seconds / 3_600), 3)}:${part(Math.floor(seconds / 60) % 60, 2)}:${part(seconds % 60, 2)}.${part(ms % 1_000, 3)}`;
};
