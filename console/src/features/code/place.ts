// Where in a project's code a page is, and what the reader may do there.
import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { isCommit, type CodePlace } from '@/api/code';
import { projectQuery } from '@/api/queries';

export interface CodeProps {
  owner: string;
  project: string;
  /** branch or commit; the default branch without it */
  at?: string;
  path?: string;
}

export function useCodePlace(props: CodeProps) {
  const { data: about } = useQuery(
    projectQuery(
      () => props.owner,
      () => props.project,
    ),
  );
  const place = computed((): CodePlace => ({
    owner: props.owner,
    project: props.project,
    ref: props.at ?? about.value?.default_branch ?? '',
    path: props.path ?? '',
  }));
  const writer = computed(() => about.value?.role === 'writer' || about.value?.role === 'owner');
  /** Commits are made on branches alone. */
  const canCommit = computed(() => writer.value && !isCommit(place.value.ref));
  return { about, place, writer, canCommit };
}
