// Filters live in the address, so that a link or the back button brings the same list.
import { useRoute, useRouter } from 'vue-router';

export interface QueryState {
  /** A parameter of the address; empty when it is absent. */
  read(name: string): string;
  /** Changes parameters at once; an empty value removes one. */
  write(changes: Record<string, string>): void;
}

export function useQueryState(): QueryState {
  const route = useRoute();
  const router = useRouter();
  return {
    read: (name) => {
      const value = route.query[name];
      return typeof value === 'string' ? value : '';
    },
    write: (changes) => {
      const entries = Object.entries({ ...route.query, ...changes }).filter(
        ([, value]) => value !== '',
      );
      void router.replace({ query: Object.fromEntries(entries), hash: route.hash });
    },
  };
}
