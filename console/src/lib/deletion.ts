// The question before something is deleted: what it is about, and the deletion once it is confirmed.
import { useMutation } from '@tanstack/vue-query';
import { computed, reactive, shallowRef } from 'vue';
import { toApiError } from '@/api/errors';
import { showToast } from './toasts';

/** A refusal is told in the corner of the page; `after` comes before the question closes. */
export function useDeletion<T>(
  run: (one: T) => Promise<unknown>,
  after: (one: T) => Promise<unknown> | void,
) {
  const doomed = shallowRef<T>();
  const asking = computed({
    get: () => doomed.value !== undefined,
    set: (open) => {
      if (!open) doomed.value = undefined;
    },
  });
  const { mutate, isPending } = useMutation({
    mutationFn: run,
    onSuccess: (_, one) => after(one),
    onError: (error) => showToast(toApiError(error).message, 'bad'),
    onSettled: () => (doomed.value = undefined),
  });
  return reactive({
    doomed,
    asking,
    busy: isPending,
    ask: (one: T) => (doomed.value = one),
    confirm: () => {
      if (doomed.value !== undefined) mutate(doomed.value);
    },
  });
}
