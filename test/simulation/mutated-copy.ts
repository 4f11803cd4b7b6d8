import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edit, Mutant } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['contract', 'toolkit', 'core', 'store', 'testkit'];

/**
 * Copies the sources that a simulation runs on, with the mutant's edits. Packages find each other in the copy through its
 * own node_modules; everything else is linked to the repository's. Nothing is built: Node runs the TypeScript as it is.
 */
export const mutatedCopy = ({ edits }: Pick<Mutant, 'edits'>): { readonly main: string; remove(): void } => {
  const copy = mkdtempSync(join(tmpdir(), 'heed-mutant-'));
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@heed'), { recursive: true });
  for (const name of PACKAGES) {
    for (const part of ['package.json', 'src'])
      cpSync(join(ROOT, 'packages', name, part), join(copy, 'packages', name, part), { recursive: true });
    symlinkSync(join(copy, 'packages', name), join(modules, '@heed', name));
  }
  cpSync(join(ROOT, 'test', 'simulation'), join(copy, 'test', 'simulation'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '@heed' && !name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const edit of edits) apply(copy, edit);
  return {
    main: join(copy, 'test', 'simulation', 'main.ts'),
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
};

const apply = (copy: string, { file, from, to }: Edit): void => {
  const path = join(copy, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const times = text.split(from).length - 1;
  if (times !== 1)
    throw new Error(
      `the engine has changed: "${from}" stands ${times} times in ${file}; fit test/simulation/mutants.ts`,
    );
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
};
