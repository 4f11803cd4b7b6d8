import type { SandboxControls } from '@heed/sandbox';
import type { SeenCall } from './call-kinds.ts';
import type { Standing } from './protocol.ts';

/** A stand-in inside its own process, and what the benchmark does and sees there. */
export interface Vendor {
  readonly running: SandboxControls<unknown>;
  readonly audience?: string;
  kindOf(call: SeenCall): string;
  /** Whether a call of that kind changes anything; some vendors are asked by POST. */
  isWrite(kind: string): boolean;
  edit(count: number): void;
  /** Addresses of the first `count` people who are not opted out here. */
  people(count: number): readonly string[];
  standing(): Standing;
}
