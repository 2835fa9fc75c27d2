// The browser tab tells where one is, and how a task stands while somebody works elsewhere.
import { onScopeDispose, watchEffect } from 'vue';
import type { TaskState } from '@/api/types';
import { word } from '@/i18n';
import { lookOf, type Look } from './task-state';

// The icon is outside the page, so the style sheet's colours cannot be used.
const COLORS: Record<Look, string> = {
  run: '#2f80f5',
  wait: '#e5a100',
  ok: '#21a366',
  bad: '#e5484d',
  idle: '#9aa3b2',
};

/** Title of the browser tab; the name of the product follows. */
export function usePageTitle(title: () => string): void {
  watchEffect(() => {
    const name = word('app', 'name');
    document.title = title() === '' ? name : `${title()} · ${name}`;
  });
}

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
    if (icon !== null && plain !== undefined) icon.href = plain;
  });
}

function dot(color: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="${color}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
