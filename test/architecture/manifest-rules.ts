import { type Rule, thirdParty } from './import-rules.ts';
import type { Manifest } from './tree.ts';

type Dependencies = Readonly<Record<string, string>>;

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

const listed = ({ json }: Manifest, field: (typeof FIELDS)[number]): Dependencies =>
  (json[field] as Dependencies | undefined) ?? {};

/** Run by npm while somebody installs, before anybody could read them. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'preprepare', 'postprepare'];

const nameOf = (from: string): string | null =>
  from.startsWith('@heed/') ? from.split('/', 2).join('/') : thirdParty(from);

export const manifestRules: readonly Rule[] = [
  {
    says: 'nothing runs at installation',
    breaches: ({ manifests }) =>
      manifests.flatMap(({ path, json }) =>
        Object.keys((json.scripts as Dependencies | undefined) ?? {})
          .filter((name) => INSTALL_SCRIPTS.includes(name))
          .map((name) => `${path}: script ${name}`),
      ),
  },
  {
    says: 'every version is pinned',
    breaches: ({ manifests }) =>
      manifests.flatMap((manifest) =>
        FIELDS.flatMap((field) => Object.entries(listed(manifest, field)))
          .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
          .map(([name, version]) => `${manifest.path}: ${name} ${version}`),
      ),
  },
  {
    says: 'one version of each dependency in the whole repository',
    breaches: ({ manifests }) => {
      const seen = new Map<string, string>();
      return manifests.flatMap((manifest) =>
        FIELDS.flatMap((field) => Object.entries(listed(manifest, field))).flatMap(([name, version]) => {
          const first = seen.get(name) ?? version;
          seen.set(name, first);
          return first === version ? [] : [`${manifest.path}: ${name} ${version}, elsewhere ${first}`];
        }),
      );
    },
  },
  {
    says: 'a package declares what it imports',
    breaches: ({ manifests, sources }) =>
      manifests.flatMap((manifest) => {
        if (manifest.folder === '') return [];
        const declared = listed(manifest, 'dependencies');
        const shipped = sources.filter(
          ({ path }) => path.startsWith(`${manifest.folder}/`) && !path.startsWith(`${manifest.folder}/test/`),
        );
        return shipped.flatMap(({ path, imports }) =>
          imports
            .map((one) => nameOf(one.from))
            .filter((name) => name !== null && name !== manifest.json.name && !(name in declared))
            .map((name) => `${path}: imports ${name}, which ${manifest.path} does not list`),
        );
      }),
  },
  {
    says: 'no package lists the command line',
    breaches: ({ manifests }) =>
      manifests
        .filter((manifest) => FIELDS.some((field) => '@heed/cli' in listed(manifest, field)))
        .map(({ path }) => path),
  },
];
