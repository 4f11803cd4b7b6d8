// Installs the locked dependencies once per lockfile. No dependencies of its own: it must run on any Node >= 18,
// because it is what brings in the Node 24 that everything after it runs on (docs/adr/0001-toolchain.md).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const want = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.platform + process.arch)
  .digest('hex');
const stamp = `${root}node_modules/.bootstrap`;

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== want) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (run.status !== 0) process.exit(run.status ?? 1);
  writeFileSync(stamp, want);
}

const version = spawnSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
if (Number(version.split('.')[0]) < 24) {
  console.error(
    `Heed needs Node 24 or newer; the node on PATH is ${version}. Install Node 24, or run through npm (npm run, npx heed).`,
  );
  process.exit(1);
}
