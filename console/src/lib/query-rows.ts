// What a card of rows needs to know of a query, as plain values.
import { reactive, type Ref } from 'vue';

interface Query {
  isPending: Ref<boolean>;
  isError: Ref<boolean>;
  error: Ref<unknown>;
  refetch: () => unknown;
}

export function rowsState({ isPending, isError, error, refetch }: Query) {
  return reactive({ isPending, isError, error, refetch });
}
