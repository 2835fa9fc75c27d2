// A history parted by the days on which its commits were made, in the reader's time zone.
import type { CommitRow } from '@/api/types';

export interface CommitDay {
  /** the time of its newest commit */
  day: string;
  commits: CommitRow[];
}

export function byDay(commits: readonly CommitRow[]): CommitDay[] {
  const days: CommitDay[] = [];
  for (const commit of commits) {
    const last = days.at(-1);
    if (last !== undefined && sameDay(last.day, commit.committed_at)) last.commits.push(commit);
    else days.push({ day: commit.committed_at, commits: [commit] });
  }
  return days;
}

function sameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
