// The choices of language and theme, for the menus that offer them.
import { computed } from 'vue';
import { Monitor, Moon, Sun } from '@lucide/vue';
import { chooseLanguage, language, t, type Language } from '@/i18n';
import { chooseTheme, theme, type Theme } from '@/lib/theme';
import type { MenuItem } from '@/ui/AppMenu.vue';

export const languageItems = computed((): MenuItem[] => [
  // A language is named in itself, so that those who want it can read it.
  { key: 'zh', label: '简体中文', chosen: language.value === 'zh' },
  { key: 'en', label: 'English', chosen: language.value === 'en' },
]);

export const themeItems = computed((): MenuItem[] => [
  { key: 'light', label: t('app.theme.light'), icon: Sun, chosen: theme.value === 'light' },
  { key: 'dark', label: t('app.theme.dark'), icon: Moon, chosen: theme.value === 'dark' },
  { key: 'system', label: t('app.theme.system'), icon: Monitor, chosen: theme.value === 'system' },
]);

export const themeIcon = computed(() => ({ light: Sun, dark: Moon, system: Monitor })[theme.value]);

export function pickLanguage(key: string): void {
  void chooseLanguage(key as Language);
}

export function pickTheme(key: string): void {
  chooseTheme(key as Theme);
}
