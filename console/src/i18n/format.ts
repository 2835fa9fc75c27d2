// Dates, durations, sizes and numbers in the chosen language.
import { locale } from './index';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function formatNumber(n: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);
}

/** 1536 -> "1.5 KB". Powers of 1024, three figures. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${formatNumber(Number(value.toFixed(digits)), digits)} ${units[unit]}`;
}

/** "850ms", "41s", "6m 12s", "1h 24m", "3d 4h": the two largest units, the same in every language. */
export function formatDuration(ms: number): string {
  if (ms < 0) return formatDuration(0);
  if (ms < SECOND) return `${Math.round(ms)}ms`;
  const two = (n: number) => String(n).padStart(2, '0');
  const part = (unit: number) => Math.floor(ms / unit);
  if (ms < MINUTE) return `${part(SECOND)}s`;
  if (ms < HOUR) return `${part(MINUTE)}m ${two(part(SECOND) % 60)}s`;
  if (ms < DAY) return `${part(HOUR)}h ${two(part(MINUTE) % 60)}m`;
  const hours = part(HOUR) % 24;
  return hours === 0 ? `${part(DAY)}d` : `${part(DAY)}d ${hours}h`;
}

/** "3 分钟前" / "3 min ago"; a date where that says more. */
export function formatRelative(time: string, now: number): string {
  const at = Date.parse(time);
  const past = now - at;
  if (past >= 7 * DAY) return formatDate(at);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' });
  if (past < 10 * SECOND) return relative.format(0, 'second');
  if (past < MINUTE) return relative.format(-Math.floor(past / SECOND), 'second');
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  return relative.format(-Math.floor(past / DAY), 'day');
}

function formatDate(at: number): string {
  return new Intl.DateTimeFormat(locale(), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  }).format(at);
}

/** "2026年11月23日星期一": the heading of a day. */
export function formatDay(time: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'full' }).format(Date.parse(time));
}

/** To the second and with the zone: what a tooltip shows. */
export function formatExact(time: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'long' }).format(
    Date.parse(time),
  );
}

/** "10:58:23", with the date when it is not today's. */
export function formatClock(time: string, now: number): string {
  const at = new Date(time);
  const sameDay = new Date(now).toDateString() === at.toDateString();
  return new Intl.DateTimeFormat(locale(), {
    ...(sameDay ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(at);
}
