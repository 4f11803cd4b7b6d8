import { join } from 'node:path';
import { openWorld as open, type World } from '../bad-input/stage/world.ts';

export type { World } from '../bad-input/stage/world.ts';

/** The stand-ins, the profile acme/newsletter that leaves `crmToMarketing` off, and the command line. */
export const openWorld = async (): Promise<World> => {
  const world = await open();
  newWorld(world);
  return world;
};

/** Everything as new. */
export const newWorld = (world: World): void => {
  world.clear();
  world.profile({ optOut: { crmToMarketing: false } });
};

export interface ImportJson {
  readonly addresses: number;
  readonly already: number;
  readonly subscribed: number;
  readonly entered: number;
  readonly rows: number;
  readonly encoding: string;
  readonly warning: string | null;
  readonly broken: {
    readonly count: number;
    readonly lines: readonly { readonly line: number; readonly reason: string }[];
  };
}

/** What a command printed; it must have printed it. */
export const jsonOf = <T>({ json, said }: { readonly json: unknown; readonly said: string }): T => {
  if (json === null || json === undefined) throw new Error(`no JSON, but: ${said}`);
  return json as T;
};

/** Writes a file beside the profiles and imports it, with the number that it holds. */
export const importText = async (
  world: World,
  text: string,
  more: readonly string[] = [],
): Promise<{ readonly code: number; readonly json: ImportJson; readonly said: string }> => {
  world.file('list.csv', text);
  const file = join(world.place.profilesDir, 'list.csv');
  const dry = await world.heed(['optouts', 'import', file, 'acme', '--dry-run', ...more]);
  const { addresses } = jsonOf<ImportJson>(dry);
  const done = await world.heed(['optouts', 'import', file, 'acme', '--confirm', String(addresses), ...more]);
  return { code: done.code, json: jsonOf<ImportJson>(done), said: done.said };
};
