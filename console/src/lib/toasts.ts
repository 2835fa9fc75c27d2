// Short messages at the edge of the screen, for what was done elsewhere on the page.
import { ref } from 'vue';

export interface Toast {
  id: number;
  text: string;
  look: 'ok' | 'bad';
}

const SHOWN_MS = 5000;
let nextId = 1;

export const toasts = ref<Toast[]>([]);

export function showToast(text: string, look: Toast['look'] = 'ok'): void {
  const id = nextId;
  nextId += 1;
  toasts.value.push({ id, text, look });
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
