/** One call that a client made, as `GET /__sandbox/calls` shows it. */
export interface Call {
  readonly number: number;
  readonly method: string;
  /** Path and query; the values of secret parameters are replaced. */
  readonly path: string;
  /** The status sent; 0 when no answer left the sandbox (time-out, reset). */
  readonly status: number;
  /** The ids of the records that the call read or wrote, as far as the vendor's handler says so. */
  readonly touched: readonly string[];
  /** By the sandbox's clock, ISO 8601. */
  readonly startedAt: string;
  /** Calls being served when this one came in, itself included. */
  readonly concurrent: number;
  /** Of a body without end (`oversized`): how much of it was taken. */
  readonly bytes?: number;
  /** The kind of fault that was injected. */
  readonly fault?: string;
}

/** The calls of a sandbox; the oldest go when there are more than 100,000. */
export interface CallLog {
  /** A call comes in; what is answered notes it once it has ended. One that began before the log was cleared is nobody's any more. */
  begin(): (call: Omit<Call, 'number' | 'path'> & { readonly url: string }) => void;
  all(): readonly Call[];
  readonly dropped: number;
  clear(): void;
}

const CALLS_KEPT = 100_000;
const SECRET_PARAMETER = /token|secret|password|passwd|assertion|signature|api[-_]?key|^(key|sid|sig|code|hapikey)$/i;

export function callLog(): CallLog {
  let calls: Call[] = [];
  let made = 0;
  let cleared = 0;
  return {
    begin() {
      const begun = cleared;
      return ({ url, ...call }) => {
        if (begun !== cleared) return;
        made += 1;
        calls.push({ number: made, ...call, path: withoutSecrets(url) });
        if (calls.length > CALLS_KEPT * 1.1) calls = calls.slice(-CALLS_KEPT);
      };
    },
    all: () => calls,
    get dropped() {
      return made - calls.length;
    },
    clear() {
      calls = [];
      made = 0;
      cleared += 1;
    },
  };
}

function withoutSecrets(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return url;
  const pairs = url
    .slice(mark + 1)
    .split('&')
    .map((pair) => {
      const name = pair.split('=', 1)[0] ?? '';
      return SECRET_PARAMETER.test(name) ? `${name}=[redacted]` : pair;
    });
  return `${url.slice(0, mark)}?${pairs.join('&')}`;
}
