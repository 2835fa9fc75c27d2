// Light or dark: as the system has it, until somebody chooses. public/theme.js does the first paint.
import { ref, watchEffect } from 'vue';

export type Theme = 'light' | 'dark' | 'system';

const STORED = 'cloudbrain.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = ref(system.matches);
system.addEventListener('change', (event) => (systemDark.value = event.matches));

function kept(): Theme {
  const value = localStorage.getItem(STORED);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export const theme = ref<Theme>(kept());

export function chooseTheme(next: Theme): void {
  theme.value = next;
  if (next === 'system') localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, next);
}

export function startTheme(): void {
  watchEffect(() => {
    const dark = theme.value === 'dark' || (theme.value === 'system' && systemDark.value);
    document.documentElement.classList.toggle('dark', dark);
  });
}
