import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connector } from '@heed/contract';
import type { SandboxDefinition } from '@heed/sandbox';

/** A connector package found beside this one: adding a system is installing a package and nothing else. */
export interface InstalledConnector {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly connector: Connector;
  /** Null if it ships no stand-in. */
  loadSandbox: (() => Promise<SandboxDefinition<unknown, Record<string, unknown>>>) | null;
}

interface Found {
  readonly package: string;
  readonly version: string;
  readonly name: string;
  readonly sandbox: boolean;
}

/** `@heed/connector-*` and `heed-connector-*` in every node_modules above this file, nearest first. */
const findPackages = (): readonly Found[] => {
  const found = new Map<string, Found>();
  for (let here = dirname(fileURLToPath(import.meta.url)); ; here = dirname(here)) {
    for (const [folder, prefix] of [
      [join(here, 'node_modules', '@heed'), '@heed/'],
      [join(here, 'node_modules'), ''],
    ] as const) {
      if (!existsSync(folder)) continue;
      for (const entry of readdirSync(folder)) {
        if (!entry.startsWith(prefix === '' ? 'heed-connector-' : 'connector-')) continue;
        const manifest = readManifest(join(folder, entry, 'package.json'));
        if (manifest !== null && !found.has(manifest.package)) found.set(manifest.package, manifest);
      }
    }
    if (dirname(here) === here) return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
};

const readManifest = (file: string): Found | null => {
  if (!existsSync(file)) return null;
  const json = JSON.parse(readFileSync(file, 'utf8')) as {
    name?: string;
    version?: string;
    heed?: { connector?: string; sandbox?: boolean };
  };
  if (json.heed?.connector === undefined || json.name === undefined) return null;
  return {
    package: json.name,
    version: json.version ?? '',
    name: json.heed.connector,
    sandbox: json.heed.sandbox === true,
  };
};

export const installedConnectors = async (): Promise<readonly InstalledConnector[]> =>
  Promise.all(
    findPackages().map(async (found): Promise<InstalledConnector> => {
      const { connector } = (await import(found.package)) as { connector: Connector };
      const loadSandbox = async () =>
        ((await import(`${found.package}/sandbox`)) as { sandbox: SandboxDefinition<unknown, Record<string, unknown>> })
          .sandbox;
      return {
        name: found.name,
        package: found.package,
        version: found.version,
        connector,
        loadSandbox: found.sandbox ? loadSandbox : null,
      };
    }),
  );
