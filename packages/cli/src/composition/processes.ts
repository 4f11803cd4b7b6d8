import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Processes } from '@heed/store';

/** When a process of this machine was started, in the kernel's ticks: tells a number that was given out again. */
const startOf = (pid: string): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

/** This machine, and which of its containers: a process number means something within one of them only. */
const place = (): string => {
  try {
    return `${hostname()}:${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
};

/** Surely dead: a process of this machine that is gone, or whose number belongs to another one by now. */
const isDead = (name: string): boolean => {
  const [host, pid, start] = name.split('/');
  if (host !== place() || pid === undefined || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return start !== undefined && start !== '' && startOf(pid) !== start;
};

/** The processes of this machine, named `host/number/start`; of other machines nothing is known, so they are alive. */
export const localProcesses = (): Processes => ({ name: `${place()}/${process.pid}/${startOf('self')}`, isDead });
