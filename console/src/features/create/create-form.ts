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
import { imagesQuery } from '@/api/images';
import { clustersQuery, keys } from '@/api/queries';
import {
  bootParamsQuery,
  clusterSpecsQuery,
  modifyTask,
  nameTakenQuery,
  submitTask,
} from '@/api/submit';
import type { Task, TaskKind } from '@/api/types';
import { layoutOf } from '@/lib/form/layouts';
import {
  changedFields,
  emptyForm,
  formOf,
  isTaskName,
  requestOf,
  suggestName,
  type TaskForm,
} from '@/lib/form/task';
import { enginesFor, imagesFor, specServes } from '@/lib/form/offers';
import { useLater } from '@/lib/later';
import { problemsOf } from './form-problems';

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
  const specsOf = (compute: string) =>
    (specs.data.value ?? []).filter((one) => specServes(one, cluster.value, compute, kind));
  const fitting = computed(() => specsOf(form.compute));
  const spec = computed(() => fitting.value.find(({ name }) => name === form.spec));
  const catalogue = useQuery(imagesQuery());
  const images = computed(() => imagesFor(catalogue.data.value ?? [], cluster.value, form.compute));
  const engines = computed(() => enginesFor(images.value, cluster.value));
  /** an image of the platform, or the address of one elsewhere */
  const external = computed(
    () =>
      catalogue.data.value !== undefined &&
      !catalogue.data.value.some(({ name }) => name === form.image),
  );
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
    [specs.data, cluster],
    () => {
      const all = specs.data.value;
      if (all === undefined || cluster.value === undefined) return;
      if (cluster.value.computes.includes(form.compute) && fitting.value.length > 0) return;
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
    images,
    (all) => {
      if (external.value || all.length === 0 || all.some(({ name }) => name === form.image)) return;
      form.image = all[0]?.name ?? '';
    },
    { immediate: true },
  );
  watch(
    [engines, () => form.compute],
    ([all, compute]) => {
      if (compute !== 'npu' || form.byImage || parent !== undefined) return;
      if (!all.includes(form.engine))
        form.engine = all.find((name) => name === 'MindSpore1.8.1') ?? all[0] ?? '';
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

  const request = computed(() => requestOf(form, kind, cluster.value?.max_runtime_s));
  const changed = computed(() =>
    parent === undefined
      ? new Set<string>()
      : changedFields(requestOf(formOf(parent), kind), request.value),
  );

  const wrong = computed(() =>
    problemsOf(form, {
      kind,
      cluster: cluster.value,
      taken: parent === undefined && askedName.value === form.name && taken.data.value === true,
      noScript: bootParams.isError.value && toApiError(bootParams.error.value).status === 404,
      images: catalogue.data.value === undefined ? undefined : images.value,
      engines: engines.value,
      external: external.value,
    }),
  );

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
    const own = wrong.value.get(field);
    if (own !== undefined && (tried.value || !own.missing)) return own.text;
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
    specsOf,
    fitting,
    spec,
    catalogue,
    images,
    engines,
    external,
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
