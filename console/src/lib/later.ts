// A value that follows another after a pause: what is typed asks the server once, not per letter.
import { onScopeDispose, ref, watch, type Ref } from 'vue';

export function useLater<T>(source: () => T, ms = 250): Readonly<Ref<T>> {
  const later = ref(source()) as Ref<T>;
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(source, (now) => {
    clearTimeout(timer);
    timer = setTimeout(() => (later.value = now), ms);
  });
  onScopeDispose(() => clearTimeout(timer));
  return later;
}
