import { EXIT, isWarning, printFinding, printProfileError, type RunResult, serviceOf, worstExit } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Invocation } from '../invocation.ts';
import type { Selection, Workspace } from '../workspace.ts';
import { type RunRequest, runCustomer } from './run-customer.ts';
import type { Standing } from './show-run.ts';

export interface SelectionResult {
  readonly results: readonly RunResult[];
  readonly standings: ReadonlyMap<string, Standing>;
  readonly code: number;
}

/** Runs every chosen profile, customer by customer, and tells standard error what kept others from running. */
export const runSelection = async (
  invocation: Invocation,
  workspace: Workspace,
  selection: Selection,
  how: Pick<RunRequest, 'mode' | 'full' | 'yes' | 'lineLimit' | 'beforeWaiting'>,
): Promise<SelectionResult> => {
  const results: RunResult[] = [];
  const standings = new Map<string, Standing>();
  const codes: number[] = [];
  const tell = (lines: readonly string[]): void => {
    invocation.progress.clear();
    for (const line of lines) invocation.tell(line);
  };
  if (selection.errors.length > 0) codes.push(EXIT.invalid);
  tell(selection.errors.map(printProfileError));
  for (const { customer, profiles } of selection.chosen) {
    const { active, paused } = await inService(workspace, customer.name, profiles, how.mode);
    tell(paused.map((id) => `${id} is paused, so nothing was done; put it back with: heed resume ${id}`));
    if (selection.single && paused.length > 0) codes.push(EXIT.invalid);
    if (active.length === 0) continue;
    const ran = await runCustomer(workspace.container, customer, active, {
      ...how,
      signal: invocation.signal,
      progress: (progress) => invocation.progress.show(progress),
    });
    results.push(...ran.results);
    for (const [id, standing] of ran.standings) standings.set(id, standing);
    codes.push(...ran.codes, ...ran.results.map((result) => result.report.exitCode));
    // What stops everything but opt-outs (C18) is not "all done", also where there was nothing to write.
    if (ran.findings.some((finding) => !isWarning(finding))) codes.push(EXIT.attention);
    tell([...ran.messages, ...ran.findings.map(printFinding), ...messagesOf(ran.results)]);
  }
  return { results, standings, code: worstExit(codes) };
};

/** What a run could not do; what its findings say already is not said twice. */
const messagesOf = (results: readonly RunResult[]): readonly string[] =>
  results.flatMap(({ report, findings }) =>
    report.message === null || findings.some((finding) => !isWarning(finding))
      ? []
      : [`${report.profile}: ${report.message}`],
  );

/** A paused profile is out of service: it is not synced until `resume`; looking at its plan does no harm. */
const inService = async <P extends { readonly id: string }>(
  { container }: Workspace,
  customer: string,
  profiles: readonly P[],
  mode: RunRequest['mode'],
): Promise<{ readonly active: readonly P[]; readonly paused: readonly string[] }> => {
  if (mode === 'plan') return { active: profiles, paused: [] };
  const store = container.get(TOKENS.State).customer(customer);
  const active: P[] = [];
  const paused: string[] = [];
  for (const profile of profiles) {
    if ((await serviceOf(store, profile.id)).paused) paused.push(profile.id);
    else active.push(profile);
  }
  return { active, paused };
};
