// The tab's title and icon show how a task stands while somebody works elsewhere.
import { onScopeDispose, watchEffect } from 'vue';
import type { TaskState } from '@/api/types';
import { word } from '@/i18n';
import { lookOf, type Look } from './task-state';

// The icon is outside the page, so the style sheet's colours cannot be used.
const COLORS: Record<Look, string> = { run: '#2f80f5', wait: '#e5a100', ok: '#21a366', bad: '#e5484d', idle: '#9aa3b2' };

export function useTabStatus(task: () => { name: string; state: TaskState } | undefined): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plain = icon?.href;
  watchEffect(() => {
    const now = task();
    if (now === undefined) return;
    document.title = `${word('state', now.state)} · ${now.name}`;
    if (icon !== null) icon.href = dot(COLORS[lookOf(now.state)]);
  });
  onScopeDispose(() => {
    document.title = word('app', 'name');
    if (icon !== null && plain !== undefined) icon.href = plain;
  });
}

function dot(color: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="${color}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
