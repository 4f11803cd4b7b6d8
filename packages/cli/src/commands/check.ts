import { EXIT, worstExit } from '@heed/core';
import type { Command } from '../invocation.ts';
import { type CheckedProfile, checkProfile } from '../runs/check-profile.ts';
import { c2Sentence } from '../runs/show-plan.ts';
import { tellErrors } from '../runs/tell-errors.ts';
import { bold, green, red } from '../terminal/paint.ts';
import { paragraph } from '../terminal/text.ts';
import { count, momentIn, plural } from '../terminal/words.ts';
import { openWorkspace, select } from '../workspace.ts';

/** Profile, credentials, permissions, fields, lists, next five runs. Writes nothing to any vendor and no state. */
export const run: Command = async (invocation, [target], options) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  const wrong = tellErrors(invocation, selection);
  const checked: CheckedProfile[] = [];
  for (const { customer, profiles } of selection.chosen)
    for (const profile of profiles) {
      const offline = options.offline === true;
      checked.push(await checkProfile(workspace.container, customer, profile, offline, invocation.signal));
    }
  const codes = [wrong, ...checked.map((one) => one.code)];
  const json = {
    errors: selection.errors.map(({ file, line, column, path, what, fix, didYouMean }) => ({
      file,
      line,
      column,
      path,
      what,
      fix,
      didYouMean,
    })),
    profiles: checked.map(({ profile, titles: _, code, ...rest }) => ({
      profile: profile.id,
      ok: code === EXIT.done,
      ...rest,
      nextRuns: rest.nextRuns.map((at) => at.toISOString()),
    })),
  };
  return { code: worstExit(codes), json, text: checked.map(checkText).join('\n\n') };
};

const checkText = (checked: CheckedProfile): string => {
  const { profile, titles, systems, findings, problems, nextRuns, code } = checked;
  const lines = [`${bold(profile.id)}: ${code === EXIT.done ? green('ok') : red('not ok')}`];
  for (const { side, connection, account, fields, gaps } of systems) {
    const silent = problems.length > 0 ? 'no usable answer' : 'not asked (--offline)';
    const what = account === null ? silent : `${account}${fields === null ? '' : `, ${plural(fields, 'field')}`}`;
    lines.push(`  ${titles[side]} (${connection}): ${what}`);
    lines.push(...gaps.map((gap) => paragraph(`${gap.what}. ${gap.fix}`, '    ', '  ! ')));
  }
  lines.push(...problems.map((problem) => paragraph(problem, '    ', '  ! ')));
  lines.push(...findings.map((finding) => paragraph(finding.text, '    ', finding.warning ? '  - ' : '  ! ')));
  lines.push(...byDefaultLines(checked));
  const saysC2 = findings.some((finding) => finding.rule === 'C2');
  if (!profile.optOut.crmToMarketing && !saysC2) lines.push(paragraph(c2Sentence(titles), '    ', '  - '));
  const { schedule } = profile;
  if (schedule === null) lines.push('  runs only when asked to: no schedule');
  else lines.push(`  next runs (${schedule.cron}):`, ...nextRuns.map((at) => `    ${momentIn(at, schedule.timezone)}`));
  return lines.join('\n');
};

/** The share of opt-outs that may be nobody's request, and what they count as (C28). */
const byDefaultLines = ({ byDefault, profile, titles }: CheckedProfile): readonly string[] => {
  if (byDefault.every((one) => one.byDefault === 0)) return [];
  const shares = byDefault.map(({ type, records, byDefault: some }) => {
    const percent = records === 0 ? 0 : (100 * some) / records;
    return `${count(some)} of ${count(records)} ${type} records (${percent > 0 && percent < 1 ? 'under 1' : Math.round(percent)} %)`;
  });
  const counts = profile.optOut.softOptOutIsRequest
    ? 'They count as opt-outs, because optOut.softOptOutIsRequest is true.'
    : 'Found so at the first reading they count as no consent: no new member, no fields, and no opt-out to carry. optOut.softOptOutIsRequest: true says that they were asked for.';
  const what = `${titles.crm}: ${shares.join(', ')} show an opt-out that may be the default of new records and nobody's request (C28). ${counts}`;
  return [paragraph(what, '    ', '  - ')];
};
