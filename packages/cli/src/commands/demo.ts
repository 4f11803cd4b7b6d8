import { EXIT } from '@heed/core';
import { type RawRecord, type RawSystems, rawSystems } from '../demo/raw-systems.ts';
import { type Stage, setStage } from '../demo/stage.ts';
import type { Answer, Command, Options } from '../invocation.ts';
import { bold, cyan, green, red } from '../terminal/paint.ts';
import { table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { duration } from '../terminal/words.ts';

interface Claim {
  readonly claim: string;
  readonly holds: boolean;
}

/** The main job against three stand-ins with made-up people; checks its own claims, and exits 1 if one does not hold. */
export const run: Command = async (invocation) => {
  const began = performance.now();
  const say = (text: string): void => (invocation.json ? invocation.tell(text) : invocation.say(text));
  say(
    paragraph(
      'Heed keeps contacts and e-mail opt-outs in step between CRMs and marketing tools. Here: one customer with Salesforce, NetSuite and a Mailchimp audience; stand-ins on this machine, each with some two thousand made-up people. Nothing leaves this computer, and nothing is kept.',
    ),
  );
  const stage = await setStage(invocation);
  try {
    const claims = await play(stage, say);
    const took = duration(performance.now() - began);
    const kept = claims.every((one) => one.holds);
    const lines = claims.map(({ claim, holds }) => `  ${holds ? green('yes') : red('NO ')}  ${claim}`);
    say(
      `\n${bold('What was seen')}\n${lines.join('\n')}\n\n${kept ? `All of it in ${took}.` : red('Not everything that was promised happened.')}`,
    );
    return { code: kept ? EXIT.done : EXIT.failed, json: { claims, ok: kept }, text: '' };
  } catch (error) {
    if (!invocation.signal.aborted) throw error;
    return { code: EXIT.interrupted, json: { claims: [], ok: false }, text: '' };
  } finally {
    await stage.clear();
  }
};

const play = async (stage: Stage, say: (text: string) => void): Promise<readonly Claim[]> => {
  const claims: Claim[] = [];
  const claim = (text: string, holds: boolean): void => {
    claims.push({ claim: text, holds });
  };
  const raw = rawSystems(stage);
  const act = actOn(stage, say);

  const checked = await act('1. Is everything set up?', 'check', ['demo']);
  claim('credentials, permissions and fields of all systems are fine', checked.code === EXIT.done);

  const planned = await act('2. What would a sync do? A plan writes nothing.', 'plan', ['demo'], { limit: 5 });
  claim(
    'the plan names opt-outs for both sides of each profile and wrote nothing',
    plansOptOuts(planned) && (await raw.writes()) === 0,
  );

  const first = await act('3. The first run of a profile waits until somebody approves it.', 'sync', ['demo']);
  claim(
    'the first run waited for approval, and wrote nothing',
    first.code === EXIT.waiting && (await raw.writes()) === 0,
  );
  for (const { run: id = '' } of runsOf(first)) await act('', 'approve', [id]);
  const second = await act('4. Approved: now it runs. What is not read back yet stays owed to the next run.', 'sync', [
    'demo',
  ]);
  const ran = runsOf(second);
  claim(
    'opt-outs reached both CRMs and Mailchimp',
    ran.every(({ crm }) => (crm?.optedOut ?? 0) > 0) && ran.some(({ marketing }) => (marketing?.optedOut ?? 0) > 0),
  );
  claim(
    'new members were created',
    ran.some(({ marketing }) => (marketing?.created ?? 0) > 0),
  );

  claims.push(...(await somebodyLeaves(act, raw, say)));
  return claims;
};

const somebodyLeaves = async (act: Act, raw: RawSystems, say: (text: string) => void): Promise<readonly Claim[]> => {
  const email = await raw.findPerson();
  const before = await raw.recordsOf(email);
  say(heading(`5. Now ${before[0]?.name ?? email} clicks "unsubscribe" in a newsletter.`));
  say(sideBySide('All systems before, read by plain HTTP:', before));
  await raw.unsubscribe(email);
  const third = await act('', 'sync', ['demo']);
  const after = await raw.recordsOf(email);
  say(`\n${sideBySide('All systems after:', after)}`);

  const writesBefore = await raw.writes();
  await act('6. Once more: everything is in step, so nothing is written.', 'sync', ['demo']);
  const writesAfter = await raw.writes();
  const explained = await act('7. Why does this person get no mail any more?', 'explain', ['demo', email]);
  return [
    {
      claim: 'before: subscribed, in both CRMs, and opted out nowhere',
      holds: new Set(before.map((one) => one.system)).size === 3 && before.every((one) => !one.optedOut),
    },
    {
      claim: 'after: opted out in Mailchimp and on every record of both CRMs (C1, C26)',
      holds: third.code === EXIT.done && after.length === before.length && after.every((one) => one.optedOut),
    },
    { claim: 'the sync after that wrote nothing', holds: writesAfter === writesBefore },
    { claim: 'explain says no, and names the evidence', holds: saysNo(explained) },
  ];
};

type Act = (title: string, command: string, args: readonly string[], options?: Options) => Promise<Answer>;

/** Runs a command as a user would, shows its command line and its answer. */
const actOn =
  (stage: Stage, say: (text: string) => void): Act =>
  async (title, name, args, options = {}) => {
    if (title !== '') say(heading(title));
    const limit = typeof options.limit === 'number' ? ` --limit ${options.limit}` : '';
    say(cyan(`$ heed ${name} ${args.join(' ')}${limit}`));
    const { run: command } = (await COMMANDS[name]?.()) ?? { run: null };
    if (command === null) throw new Error(`the demonstration has no command ${name}`);
    const answer = await command(stage.invocation, args, options);
    stage.invocation.progress.clear();
    say(answer.text);
    if (stage.invocation.signal.aborted) throw new Error('interrupted.');
    return answer;
  };

const COMMANDS: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  check: () => import('./check.ts'),
  plan: () => import('./plan.ts'),
  sync: () => import('./sync.ts'),
  approve: () => import('./approve.ts'),
  explain: () => import('./explain.ts'),
};

const heading = (title: string): string => `\n${bold(title)}`;

const sideBySide = (title: string, records: readonly RawRecord[]): string => {
  const columns = [
    { title: 'system' },
    { title: 'record', flexible: true },
    { title: 'name', flexible: true },
    { title: 'consent' },
  ];
  const rows = records.map((one) => [one.system, one.record, one.name, one.consent]);
  return `${title}\n${table(columns, rows, { indent: '  ' })}`;
};

interface RunShown {
  readonly run?: string;
  readonly crm?: { readonly optedOut: number };
  readonly marketing?: { readonly optedOut: number; readonly created: number };
  readonly writes?: readonly { readonly side: string; readonly kind: string; readonly held: number }[];
}

const runsOf = ({ json }: Answer): readonly RunShown[] => (json as { runs: readonly RunShown[] }).runs;

const plansOptOuts = (answer: Answer): boolean =>
  runsOf(answer).every(({ writes }) =>
    (['crm', 'marketing'] as const).every((side) =>
      writes?.some((one) => one.side === side && one.kind === 'opt-out' && one.held > 0),
    ),
  );

const saysNo = ({ json }: Answer): boolean => {
  const { profiles } = json as { profiles: readonly { mailable: string; facts: readonly unknown[] }[] };
  return profiles.length > 0 && profiles.every(({ mailable, facts }) => mailable === 'no' && facts.length > 0);
};
