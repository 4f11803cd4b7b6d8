import { Command, InvalidArgumentError, Option } from 'commander';
import type { Options } from '../invocation.ts';
import { steadyText } from '../terminal/harmless.ts';
import { COMMANDS } from './commands.ts';
import type { CommandSpec, OptionSpec } from './spec.ts';

export { CommanderError } from 'commander';

/** Called when the command line was understood. */
export type Chosen = (spec: CommandSpec, args: readonly string[], options: Options) => Promise<void>;

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
};

const optionOf = ({ flags, about, fallback, number, required }: OptionSpec): Option => {
  const option = new Option(flags, about);
  if (fallback !== undefined) option.default(fallback);
  if (number === true) option.argParser(wholeNumber);
  if (required === true) option.makeOptionMandatory();
  return option;
};

/** The options that every command takes. The sandbox has a `--state` of its own. */
const commonOptions = (spec: CommandSpec): readonly Option[] => {
  const taken = new Set((spec.options ?? []).map((option) => option.flags.split(' ')[0]));
  return [
    new Option('--json', 'one JSON document on standard output'),
    new Option('--profiles <dir>', 'the profiles folder').env('HEED_PROFILES').default('profiles'),
    new Option('--state <dir>', 'the state folder').env('HEED_STATE').default('.heed'),
  ].filter((option) => !taken.has(option.long ?? ''));
};

const TARGET = 'TARGET is CUSTOMER or CUSTOMER/PROFILE; without a profile all of the customer, without a customer all.';

const helpAfter = (spec: CommandSpec): string => {
  const examples = spec.examples.map((line) => (line.includes('heed ') ? `  $ ${line}` : `  $ heed ${line}`));
  const notes = [spec.notes ?? '', spec.args.includes('target') ? TARGET : ''].filter((note) => note !== '');
  return [`\nExamples:\n${examples.join('\n')}`, ...notes.map((note) => folded(note))].join('\n\n');
};

/** Breaks a note at spaces; plain text of ours, so no width of wide scripts is needed (and nothing has to be loaded). */
const folded = (note: string): string => note.replaceAll(/(.{1,80})(?: +|$)/g, '$1\n').trimEnd();

const GROUPS: Readonly<Record<string, string>> = {
  optouts: "the customer's own opt-outs (C20)",
  ledger: 'the consent ledger (C25)',
};

const parentOf = (program: Command, group: string): Command => {
  const known = program.commands.find((one) => one.name() === group);
  if (known !== undefined) return known;
  const verbs = COMMANDS.filter((one) => one.name.startsWith(`${group} `)).map((one) => one.name.split(' ')[1]);
  return program
    .command(group)
    .usage(verbs.join('|'))
    .description(GROUPS[group] ?? '');
};

const addCommand = (program: Command, spec: CommandSpec, chosen: Chosen): void => {
  const [first = '', second] = spec.name.split(' ');
  const parent = second === undefined ? program : parentOf(program, first);
  const command = parent.command(`${second ?? first} ${spec.args}`.trim()).description(spec.about);
  for (const option of [...(spec.options ?? []).map(optionOf), ...commonOptions(spec)]) command.addOption(option);
  command.usage(spec.args).addHelpText('after', helpAfter(spec));
  command.action(async () => {
    await chosen(spec, command.args, command.opts());
  });
};

/** The whole command line. Nothing of a command is loaded before it was chosen. */
export const buildProgram = (version: string, chosen: Chosen): Command => {
  const program = new Command('heed')
    .description('Keeps contacts and e-mail opt-outs in step between CRMs and marketing tools.')
    .version(version)
    .showSuggestionAfterError()
    // Inherited by every command.
    .showHelpAfterError('heed --help lists the commands, heed COMMAND --help says how one is written.')
    // Its messages repeat what was typed, and some of that was pasted.
    .configureOutput({ writeErr: (text) => process.stderr.write(steadyText(text)) })
    .configureHelp({
      helpWidth: 80,
      minWidthToWrap: 30,
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.trim(),
    })
    .helpCommand(false)
    .exitOverride();
  for (const spec of COMMANDS) addCommand(program, spec, chosen);
  program.addHelpText('after', OVERVIEW);
  return program;
};

const OVERVIEW = `
Examples:
  $ heed demo                          see it work, in half a minute
  $ heed check acme                    is everything set up
  $ heed plan acme/newsletter          what would a sync do
  $ heed sync acme/newsletter          do it

Exit codes (if several apply, the first of 130/143, 1, 3, 2, 4, 6, 5, 0):
  0 all done   1 Heed failed   2 wrong command, profile or field
  3 a system refused or stayed unreachable   4 waits for approve
  5 done, but something was set aside or is owed   6 another process runs it
  130, 143 interrupted

Every command takes --json, --profiles DIR (HEED_PROFILES) and --state DIR
(HEED_STATE); HEED_KEY_FILE names the key file, HEED_DEBUG=1 shows stacks.`;
