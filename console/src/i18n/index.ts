// The console's own typed dictionary: keys are checked by the compiler, and switching the language
// re-renders what is on the screen without a reload.
import { ref, shallowRef } from 'vue';
import type { zhCreate } from './late/zh-create';
import type { zhImages } from './late/zh-images';
import type { zhMachine } from './late/zh-machine';
import type { zhThings } from './late/zh-things';
import { zh, type Key as EarlyKey } from './zh';

type LateKey =
  keyof typeof zhThings | keyof typeof zhCreate | keyof typeof zhMachine | keyof typeof zhImages;
export type Key = EarlyKey | LateKey;
export type Language = 'zh' | 'en';
export type Params = Record<string, string | number>;

const STORED = 'cloudbrain.language';

/** Words that only some pages need: they come with the first of these pages. */
const LATE = {
  things: {
    zh: async () => (await import('./late/zh-things')).zhThings,
    en: async () => (await import('./late/en-things')).enThings,
  },
  create: {
    zh: async () => (await import('./late/zh-create')).zhCreate,
    en: async () => (await import('./late/en-create')).enCreate,
  },
  machine: {
    zh: async () => (await import('./late/zh-machine')).zhMachine,
    en: async () => (await import('./late/en-machine')).enMachine,
  },
  images: {
    zh: async () => (await import('./late/zh-images')).zhImages,
    en: async () => (await import('./late/en-images')).enImages,
  },
};
export type LateWords = keyof typeof LATE;
const needed = new Set<LateWords>();

export const language = ref<Language>('zh');
const messages = shallowRef<Partial<Record<Key, string>>>(zh);
let plural = new Intl.PluralRules('zh-CN');
let grouped = new Intl.NumberFormat('zh-CN');

export function locale(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en-GB';
}

/** Chinese is bundled, being the source of the keys; another language is fetched when first chosen. */
export async function setLanguage(next: Language): Promise<void> {
  const early = next === 'zh' ? zh : (await import('./en')).en;
  const late = await Promise.all([...needed].map((part) => LATE[part][next]()));
  messages.value = Object.assign({}, early, ...late) as Record<Key, string>;
  language.value = next;
  plural = new Intl.PluralRules(locale());
  grouped = new Intl.NumberFormat(locale());
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

/** Before a page or a part of one that uses such words is shown. */
export async function needWords(...parts: LateWords[]): Promise<void> {
  const fresh = parts.filter((part) => !needed.has(part));
  if (fresh.length === 0) return;
  const words = await Promise.all(fresh.map((part) => LATE[part][language.value]()));
  fresh.forEach((part) => needed.add(part));
  messages.value = Object.assign({}, messages.value, ...words) as Record<Key, string>;
}

/** A component that is fetched together with the words that it uses. */
export function withWords<T>(load: () => Promise<T>, ...parts: LateWords[]): () => Promise<T> {
  return async () => (await Promise.all([load(), needWords(...parts)]))[0];
}

export async function chooseLanguage(next: Language): Promise<void> {
  await setLanguage(next);
  localStorage.setItem(STORED, next);
}

/** What was chosen before, else the first language of the browser's that we speak. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(STORED);
  if (kept === 'zh' || kept === 'en') return kept;
  for (const wanted of navigator.languages) {
    if (wanted.startsWith('zh')) return 'zh';
    if (wanted.startsWith('en')) return 'en';
  }
  return 'zh';
}

/** `{n}` chooses the plural form; every number is grouped as the language does it. */
export function t(key: Key, params?: Params): string {
  const message = messages.value[key] ?? key;
  if (params === undefined) return message;
  return pickForm(message, params.n).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? grouped.format(value) : value;
  });
}

function pickForm(message: string, n: string | number | undefined): string {
  const forms = message.split('|');
  if (forms.length === 1 || typeof n !== 'number') return forms[0] ?? message;
  return (plural.select(n) === 'one' ? forms[0] : forms[1]) ?? message;
}

/** The word for a value that came from outside, such as a compute kind; itself where we have none. */
export function word(prefix: string, value: string): string {
  const key = `${prefix}.${value}`;
  return messages.value[key as Key] ?? value;
}
