import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Announced, Envelope, Opening, Order, Standing, Traffic } from './protocol.ts';

/** A vendor's stand-in that runs in its own process. What is asked here has no latency and is not counted. */
export interface StandIn extends Announced {
  /** From here on calls and bytes are counted anew. */
  mark(): Promise<void>;
  traffic(): Promise<Traffic>;
  /** Lets time pass for the vendor, so that no overlap of reads reaches back. */
  pass(ms: number): Promise<void>;
  edit(count: number): Promise<void>;
  /** Addresses of the first `count` people who are not opted out here. */
  people(count: number): Promise<readonly string[]>;
  optOut(emails: readonly string[]): Promise<void>;
  standing(): Promise<Standing>;
  close(): Promise<void>;
}

const PROCESS = fileURLToPath(new URL('./process.ts', import.meta.url));

/** 1,000,000 people need more than the default heap. */
const HEAP_MB = 6144;

export const openStandIn = async (opening: Opening): Promise<StandIn> => {
  const child = fork(PROCESS, [], {
    execArgv: ['--conditions=@heed/source', `--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ask = asking(child);
  const announced = (await ask(opening)) as Announced;
  const order = (one: Order): Promise<unknown> => ask(one);
  return {
    ...announced,
    async mark() {
      await order({ do: 'mark' });
    },
    traffic: async () => (await order({ do: 'traffic' })) as Traffic,
    async pass(ms) {
      await order({ do: 'pass', ms });
    },
    async edit(count) {
      await order({ do: 'edit', count });
    },
    people: async (count) => (await order({ do: 'people', count })) as readonly string[],
    async optOut(emails) {
      await order({ do: 'opt-out', emails });
    },
    standing: async () => (await order({ do: 'standing' })) as Standing,
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
};

const asking = (child: ChildProcess): ((content: Opening | Order) => Promise<unknown>) => {
  const waiting = new Map<number, { resolve(content: unknown): void; reject(error: Error): void }>();
  let number = 0;
  child.on('message', (answer: Envelope<unknown>) => {
    waiting.get(answer.number)?.resolve(answer.content);
    waiting.delete(answer.number);
  });
  child.once('exit', (code) => {
    for (const one of waiting.values()) one.reject(new Error(`a stand-in ended with exit code ${code}`));
  });
  return (content) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      child.send({ number, content } satisfies Envelope<unknown>, (error) => {
        if (error !== null) reject(error);
      });
    });
};
