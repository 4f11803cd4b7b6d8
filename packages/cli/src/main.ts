import { runCommandLine } from './command-line.ts';

const code = await runCommandLine(process.argv.slice(2));
// An exit drops what a slow reader of a pipe has not taken yet: half a JSON would look like a whole answer to nobody.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))),
);
process.exit(code);
