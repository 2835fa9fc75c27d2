// The state of the form: what is chosen, what the server knows of it, what is wrong, submission.
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import {
  computed,
  inject,
  onScopeDispose,
  provide,
  reactive,
  ref,
  watch,
  type InjectionKey,
} from 'vue';
import { branchesQuery } from '@/api/code';
import { datasetsQuery, type ProjectPlace } from '@/api/datasets';
import { toApiError } from '@/api/errors';
import { clustersQuery, keys } from '@/api/queries';
import {
  bootParamsQuery,
  clusterSpecsQuery,
  modifyTask,
  nameTakenQuery,
  submitTask,
} from '@/api/submit';
import type { Task, TaskKind } from '@/api/types';
import { t } from '@/i18n';
import { layoutOf } from '@/lib/form-layouts';
import {
  changedFields,
  DESCRIPTION_MAX,
  emptyForm,
  formOf,
  isTaskName,
  lengthOf,
  requestOf,
  suggestName,
  type TaskForm,
} from '@/lib/form-task';
import { useLater } from '@/lib/later';

interface Options {
  place: ProjectPlace;
  kind: TaskKind;
  /** the task that is modified */
  parent: Task | undefined;
  /** chosen by a link from a model's page */
  model: { name: string; version: string };
  done: (task: Task) => Promise<unknown>;
}

export type CreateForm = ReturnType<typeof provideCreateForm>;
const KEY: InjectionKey<CreateForm> = Symbol('create-form');

export function useCreateForm(): CreateForm {
  const form = inject(KEY);
  if (form === undefined) throw new Error('outside of the form');
  return form;
}

export function provideCreateForm(options: Options) {
  const { place, kind, parent } = options;
  const client = useQueryClient();
  const draftKey = `cloudbrain.draft.${place.owner}/${place.project}.${kind}.${parent?.id ?? 'new'}`;
  const first = parent === undefined ? beginning(options) : formOf(parent);
  const form = reactive<TaskForm>(structuredClone(first));
  const restored = ref(restore(draftKey, form));

  const clusters = useQuery(clustersQuery());
  const cluster = computed(() =>
    clusters.data.value?.items.find(({ name }) => name === form.cluster),
  );
  const specs = useQuery(clusterSpecsQuery(() => form.cluster));
  const fitting = computed(() =>
    (specs.data.value ?? []).filter(({ compute }) => compute === form.compute),
  );
  const spec = computed(() => fitting.value.find(({ name }) => name === form.spec));
  const branches = useQuery(branchesQuery(place));
  const branch = computed(() => branches.data.value?.find(({ name }) => name === form.branch));
  const datasets = useQuery(datasetsQuery(place));
  const bootParams = useQuery(
    bootParamsQuery(() => ({ ...place, ref: form.branch, path: form.bootFile })),
  );
  const askedName = useLater(() => (isTaskName(form.name) ? form.name : ''));
  const taken = useQuery({
    ...nameTakenQuery(place, kind, askedName),
    enabled: () => parent === undefined && askedName.value !== '',
  });
  const layout = computed(() =>
    layoutOf(cluster.value?.layout ?? form.cluster, form.compute, kind, place.project),
  );

  // What is not chosen yet, or cannot be had any more, becomes the first that can.
  watch(
    () => clusters.data.value?.items,
    (all) => {
      if (all !== undefined && !all.some(({ name }) => name === form.cluster))
        form.cluster = all[0]?.name ?? '';
    },
    { immediate: true },
  );
  watch(
    [specs.data, () => form.cluster],
    () => {
      const all = specs.data.value;
      if (all === undefined || all.some(({ compute }) => compute === form.compute)) return;
      const possible = all.find(({ impossible }) => impossible == null);
      form.compute = (possible ?? all[0])?.compute ?? '';
    },
    { immediate: true },
  );
  watch(
    [fitting, () => form.compute],
    () => {
      if (fitting.value.length === 0 || spec.value !== undefined) return;
      const possible = fitting.value.filter(({ impossible }) => impossible == null);
      form.spec = (possible.find(({ free_now }) => free_now) ?? possible[0])?.name ?? '';
    },
    { immediate: true },
  );
  watch(
    branches.data,
    (all) => {
      if (all === undefined || all.some(({ name }) => name === form.branch)) return;
      form.branch = (all.find((one) => one.default) ?? all[0])?.name ?? '';
    },
    { immediate: true },
  );

  const request = computed(() => requestOf(form, kind));
  const changed = computed(() =>
    parent === undefined
      ? new Set<string>()
      : changedFields(requestOf(formOf(parent), kind), request.value),
  );

  // What the form itself knows to be wrong.
  const wrong = computed(() => {
    const found = new Map<string, string>();
    if (!isTaskName(form.name)) found.set('name', t('create.name.bad'));
    else if (taken.data.value === true && parent === undefined && askedName.value === form.name)
      found.set('name', t('create.name.taken', { name: form.name }));
    if (lengthOf(form.description) > DESCRIPTION_MAX)
      found.set('description', t('create.description.long'));
    if (!form.bootFile.endsWith('.py')) found.set('boot_file', t('create.boot.bad'));
    if (form.model.name === '' && kind === 'inference') found.set('model', t('create.model.need'));
    if (form.compute !== 'npu' && form.image.trim() === '')
      found.set('image', t('create.required'));
    if (form.spec === '') found.set('spec', t('create.spec.need'));
    if (form.hours.trim() !== '' && !(Number(form.hours) > 0))
      found.set('max_runtime_s', t('create.hours.bad'));
    const seen = new Set<string>();
    for (const param of form.params) {
      const name = param.name.trim();
      if (name === '' && param.value === '') continue;
      if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) found.set('params', t('create.param.bad'));
      else if (seen.has(name)) found.set('params', t('create.param.twice', { name }));
      seen.add(name);
    }
    return found;
  });

  const send = useMutation({
    mutationFn: () =>
      parent === undefined
        ? submitTask(place, request.value)
        : modifyTask(parent.id, request.value),
    onSuccess: async (task) => {
      sessionStorage.removeItem(draftKey);
      sent.value = true;
      await client.invalidateQueries({ queryKey: keys.tasks });
      await options.done(task);
    },
  });
  const sent = ref(false);
  const problem = computed(() =>
    send.error.value === null ? undefined : toApiError(send.error.value),
  );
  const tried = ref(false);
  // What the server refused stays at its field until that changes.
  const refused = ref(new Map<string, string>());
  watch(problem, (now) => (refused.value = new Map(now?.fields ?? [])));
  watch(request, (now, before) => {
    for (const name of changedFields(before, now))
      for (const field of refused.value.keys())
        if (field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`))
          refused.value.delete(field);
  });

  /** The message at a field; `params` also stands for "params[2].name". */
  function errorOf(field: string): string | undefined {
    const own = tried.value || field === 'name' ? wrong.value.get(field) : undefined;
    if (own !== undefined && !(field === 'name' && form.name === '' && !tried.value)) return own;
    for (const [name, message] of refused.value)
      if (name === field || name.startsWith(`${field}.`) || name.startsWith(`${field}[`))
        return message;
    return undefined;
  }

  function submit(): boolean {
    if (send.isPending.value || sent.value) return true;
    tried.value = true;
    if (wrong.value.size > 0) return false;
    send.mutate();
    return true;
  }

  function startOver(): void {
    Object.assign(form, structuredClone(first));
    sessionStorage.removeItem(draftKey);
    restored.value = false;
    tried.value = false;
    send.reset();
  }

  // Nothing typed is ever lost, short of closing the tab.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    if (!sent.value) sessionStorage.setItem(draftKey, JSON.stringify(form));
  };
  watch(form, () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  onScopeDispose(() => {
    if (timer === undefined) return;
    clearTimeout(timer);
    save();
  });

  const made = {
    place,
    kind,
    parent,
    form,
    restored,
    clusters,
    cluster,
    specs,
    fitting,
    spec,
    branches,
    branch,
    datasets,
    bootParams,
    taken,
    layout,
    request,
    changed,
    wrong,
    problem,
    busy: computed(() => send.isPending.value || sent.value),
    tried,
    errorOf,
    submit,
    startOver,
  };
  provide(KEY, made);
  return made;
}

function beginning({ place, model }: Options): TaskForm {
  return {
    ...emptyForm(),
    name: suggestName(place.project, new Date()),
    model: { ...model, file: '' },
  };
}

function restore(key: string, form: TaskForm): boolean {
  const kept = sessionStorage.getItem(key);
  if (kept === null) return false;
  try {
    Object.assign(form, JSON.parse(kept));
    return true;
  } catch {
    return false;
  }
}
