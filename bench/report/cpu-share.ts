import type { Profiler } from 'node:inspector';

/**
 * Whose work a sample was: the nearest frame of a file that decides it. What others do on behalf of their caller (zod, SQLite,
 * hashing, JSON) counts as the caller's. Node's HTTP, TLS, sockets and streams count as the SDKs', whoever is on the stack.
 */
export type Owner = 'engine' | 'sdk' | 'start-up' | 'unattributed';

export interface CpuShare {
  /** Of the samples that are somebody's: not idle, not the garbage collector, not between two callbacks. */
  readonly engine: number;
  readonly sdk: number;
  readonly startUp: number;
  /** Of all samples that are not idle. */
  readonly garbageCollection: number;
  readonly tops: Readonly<Record<'self' | 'inclusive' | 'folders', readonly Top[]>>;
}

export interface Top {
  readonly name: string;
  readonly ms: number;
}

const TOPS = 40;
const TRANSPORT =
  /^node:(_?http|https|_?tls|net|dns|_?stream|zlib|events|url|querystring|internal\/(streams|stream_base|http|tls|net|dns|url|deps\/undici))/;
const SDK = /\/node_modules\/(jsforce|@mailchimp\/mailchimp_marketing)\//;
const LOADING = /^node:internal\/(modules|deps\/(cjs|amaro)|bootstrap|process\/pre_execution)|^wasm:/;
const OURS = /\/(packages|connectors)\/([^/]+)\/(?:src|dist\/src|dist)\/(.*)$/;
const THIRD_PARTY = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

type Node = Profiler.ProfileNode;

/** Attributes a V8 CPU profile. `helpers`: packages that the engine itself depends on; all others belong to the SDKs. */
export const shareOf = (profile: Profiler.Profile, helpers: ReadonlySet<string>): CpuShare => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  const time = { engine: 0, sdk: 0, 'start-up': 0, unattributed: 0 };
  const [self, inclusive, folders] = [tally(), tally(), tally()];
  let [busy, collecting] = [0, 0];
  for (const [id, us] of selfTimes(profile)) {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    busy += us;
    if (node.callFrame.functionName === '(garbage collector)') collecting += us;
    const stack = stackOf(node, parents);
    time[ownerOf(stack, helpers)] += us;
    self.add(frameName(node), us);
    for (const name of new Set(stack.map(frameName))) inclusive.add(name, us);
    for (const name of new Set(stack.flatMap((one) => folderOf(one) ?? []))) folders.add(name, us);
  }
  const owned = time.engine + time.sdk + time['start-up'];
  const part = (us: number): number => (owned === 0 ? 0 : us / owned);
  return {
    engine: part(time.engine),
    sdk: part(time.sdk),
    startUp: part(time['start-up']),
    garbageCollection: busy === 0 ? 0 : collecting / busy,
    tops: { self: self.tops(), inclusive: inclusive.tops(), folders: folders.tops() },
  };
};

/** Microseconds by node: a sample stands for the time until the next one. */
const selfTimes = ({ samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<number, number> => {
  const times = new Map<number, number>();
  for (const [i, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + (timeDeltas[i + 1] ?? 0));
  return times;
};

/** From the frame that ran up to the outermost one. */
const stackOf = (node: Node, parents: ReadonlyMap<number, Node>): readonly Node[] => {
  const stack: Node[] = [];
  for (let one: Node | undefined = node; one !== undefined; one = parents.get(one.id)) stack.push(one);
  return stack;
};

const ownerOf = (stack: readonly Node[], helpers: ReadonlySet<string>): Owner => {
  if (stack.some(({ callFrame: { url } }) => LOADING.test(url))) return 'start-up';
  for (const { callFrame } of stack) {
    const { url } = callFrame;
    if (OURS.test(url) && !url.includes('/node_modules/')) return 'engine';
    if (TRANSPORT.test(url) || SDK.test(url)) return 'sdk';
    const name = THIRD_PARTY.exec(url)?.[1];
    if (name !== undefined && !helpers.has(name)) return 'sdk';
  }
  return 'unattributed';
};

const shortUrl = (url: string): string => url.replace(/^.*\/(?=(packages|connectors|node_modules)\/)/, '');

const frameName = ({ callFrame: { functionName, url, lineNumber } }: Node): string =>
  `${functionName === '' ? '(anonymous)' : functionName} ${url === '' ? '(native)' : `${shortUrl(url)}:${lineNumber + 1}`}`;

const folderOf = ({ callFrame: { url } }: Node): string | null => {
  const third = THIRD_PARTY.exec(url)?.[1];
  if (third !== undefined) return `node_modules/${third}`;
  const [, kind, name, file = ''] = OURS.exec(url) ?? [];
  if (kind !== undefined) return `${kind}/${name}${file.includes('/') ? `/${file.split('/')[0]}` : ''}`;
  return url === '' ? null : url;
};

const tally = () => {
  const byName = new Map<string, number>();
  return {
    add: (name: string, us: number): void => void byName.set(name, (byName.get(name) ?? 0) + us),
    tops: (): readonly Top[] =>
      [...byName]
        .sort(([, one], [, other]) => other - one)
        .slice(0, TOPS)
        .map(([name, us]) => ({ name, ms: Math.round(us / 100) / 10 })),
  };
};
