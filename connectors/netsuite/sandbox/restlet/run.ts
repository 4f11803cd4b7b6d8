import { createContext, Script } from 'node:vm';
import type { AccountWorld } from '../state/account.ts';
import { ScriptError } from './script-error.ts';
import { searchModule } from './search-module.ts';

export interface ScriptAnswer {
  readonly value: unknown;
  /** The ids of the records that the script was shown. */
  readonly touched: readonly string[];
}

/** No script of a test takes longer; one without end must not hang the sandbox. */
const TIME_LIMIT_MS = 5000;

/**
 * Runs an entry point of a RESTlet (SuiteScript 2.1) in a context of its own, with what it may `define` itself on:
 * `N/search`, `N/error`, `N/log` and `N/runtime`. What it answers passes through JSON, as on the wire.
 * @throws ScriptError
 */
export function runRestlet(world: AccountWorld, source: string, entry: string, given: unknown): ScriptAnswer {
  const touched: string[] = [];
  const modules: Readonly<Record<string, unknown>> = {
    'N/search': searchModule(world, touched),
    'N/error': {
      create: ({ name, message }: { name: string; message: string }) => Object.assign(new Error(message), { name }),
    },
    'N/log': Object.fromEntries(['debug', 'audit', 'error', 'emergency'].map((level) => [level, () => {}])),
    'N/runtime': { getCurrentScript: () => ({ getRemainingUsage: () => 5000 }) },
  };
  let script: Readonly<Record<string, unknown>> = {};
  const define = (...args: readonly unknown[]): void => {
    const [first] = args;
    const names = Array.isArray(first) ? first.map(String) : [];
    const factory = args.at(-1);
    script =
      typeof factory === 'function'
        ? factory(...names.map((name) => moduleNamed(modules, name)))
        : (factory as typeof script);
  };
  const context = createContext({ define, log: modules['N/log'], heedInput: JSON.stringify(given ?? {}) });
  try {
    new Script(source).runInContext(context, { timeout: TIME_LIMIT_MS });
    const run = script[entry];
    if (typeof run !== 'function') {
      throw new ScriptError('SSS_INVALID_SCRIPT_ENTRY', `The RESTlet has no ${entry} function.`);
    }
    const value: unknown = run(new Script('JSON.parse(heedInput)').runInContext(context));
    return { value: JSON.parse(JSON.stringify(value ?? null)), touched };
  } catch (error) {
    throw scriptError(error);
  }
}

function moduleNamed(modules: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (found === undefined) throw new ScriptError('MODULE_DOES_NOT_EXIST', `Module does not exist: ${name}`);
  return found;
}

/** Errors of another context are no `Error` of this one. */
function scriptError(error: unknown): ScriptError {
  if (error instanceof ScriptError) return error;
  const { name = 'UNEXPECTED_ERROR', message = '' } = (error ?? {}) as {
    readonly name?: string;
    readonly message?: string;
  };
  return new ScriptError(/^[A-Z][A-Z_]+$/.test(name) ? name : 'UNEXPECTED_ERROR', message);
}
