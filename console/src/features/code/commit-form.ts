// Making a commit from the browser: on the branch that is shown, or on a new one made from it. When
// the branch has moved meanwhile, nothing is lost: the form stays as it is and offers what to do.
import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { branchesQuery, commitFiles, forgetCode, type CodePlace } from '@/api/code';
import { toApiError } from '@/api/errors';
import type { FileChange } from '@/api/types';

export interface CommitForm {
  place(): CodePlace;
  /** commit that the changes were made on; undefined in a repository without one */
  head(): string | undefined;
  files(): Promise<FileChange[]>;
  /** the message where the person wrote none */
  message(): string;
  done(branch: string, commit: string): void | Promise<void>;
}

export function useCommit(form: CommitForm) {
  const client = useQueryClient();
  const message = ref('');
  const target = ref<'here' | 'branch'>('here');
  const newBranch = ref('');
  /** the branch's newest commit, once the person knows that it moved and wants to go on */
  const accepted = ref<string>();

  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: async () => {
      const head = accepted.value ?? form.head();
      const apart = target.value === 'branch';
      const commit = await commitFiles(form.place(), {
        branch: form.place().ref,
        message: message.value.trim() || form.message(),
        files: await form.files(),
        ...(apart ? { new_branch: newBranch.value.trim() } : {}),
        ...(apart || head === undefined ? {} : { expected_head: head }),
      });
      return { commit: commit.commit, branch: apart ? newBranch.value.trim() : form.place().ref };
    },
    onSuccess: async ({ branch, commit }) => {
      await forgetCode(client, form.place());
      await form.done(branch, commit);
    },
  });
  const problem = computed(() => (error.value === null ? undefined : toApiError(error.value)));
  const moved = computed(() => problem.value?.code === 'branch_moved');

  /** Commits on top of what came in between. */
  async function commitAnyway(): Promise<void> {
    const branches = await client.fetchQuery({ ...branchesQuery(form.place()), staleTime: 0 });
    accepted.value = branches.find(({ name }) => name === form.place().ref)?.commit;
    mutate();
  }
  function commitApart(): void {
    target.value = 'branch';
    newBranch.value ||= `${form.place().ref}-1`;
    reset();
  }
  return {
    message,
    target,
    newBranch,
    commit: () => mutate(),
    busy: isPending,
    problem,
    moved,
    commitAnyway,
    commitApart,
  };
}

export type Commit = ReturnType<typeof useCommit>;
