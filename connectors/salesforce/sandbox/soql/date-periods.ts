import { SoqlError } from './query.ts';

const dayMs = 86_400_000;

export interface Period {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/**
 * The period a date literal stands for, in UTC (the stand-in's users live in GMT). `LAST_N_DAYS:n` starts n days
 * before today and ends with today, `NEXT_N_DAYS:n` starts tomorrow, `N_DAYS_AGO:n` is one day (SOQL reference, Date
 * Formats and Date Literals).
 */
export function periodOf(literal: string, nowMs: number): Period {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const [name = '', count = '0'] = literal.split(':');
  const n = Number(count);
  const days = (from: number, to: number): Period => ({ fromMs: today + from * dayMs, toMs: today + to * dayMs });
  const now = new Date(nowMs);
  const month = (offset: number): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1);
  const year = (offset: number): number => Date.UTC(now.getUTCFullYear() + offset, 0, 1);
  switch (name) {
    case 'TODAY':
      return days(0, 1);
    case 'YESTERDAY':
      return days(-1, 0);
    case 'TOMORROW':
      return days(1, 2);
    case 'LAST_N_DAYS':
      return days(-n, 1);
    case 'NEXT_N_DAYS':
      return days(1, n + 1);
    case 'N_DAYS_AGO':
      return days(-n, -n + 1);
    case 'LAST_90_DAYS':
      return days(-90, 1);
    case 'THIS_MONTH':
      return { fromMs: month(0), toMs: month(1) };
    case 'LAST_MONTH':
      return { fromMs: month(-1), toMs: month(0) };
    case 'THIS_YEAR':
      return { fromMs: year(0), toMs: year(1) };
    case 'LAST_YEAR':
      return { fromMs: year(-1), toMs: year(0) };
    default:
      throw new SoqlError('MALFORMED_QUERY', `the sandbox does not build the date literal ${name}`);
  }
}
