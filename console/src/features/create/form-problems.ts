// What the form itself knows to be wrong, by field, before anything is sent.
import type { Cluster, Image, TaskKind } from '@/api/types';
import { t } from '@/i18n';
import { formatNumber } from '@/i18n/format';
import {
  DESCRIPTION_MAX,
  isTaskName,
  longestRuntime,
  lengthOf,
  usesEngine,
  type TaskForm,
} from '@/lib/form/task';

export interface Known {
  kind: TaskKind;
  cluster: Cluster | undefined;
  /** another task of the project has the name */
  taken: boolean;
  /** the newest commit of the branch has no such boot file */
  noScript: boolean;
  /** images that the cluster runs; undefined while nobody has told */
  images: readonly Image[] | undefined;
  engines: readonly string[];
  external: boolean;
}

export interface FieldProblem {
  text: string;
  /** nothing was typed yet: said when one submits, not while one fills in the form */
  missing: boolean;
}

export type FieldProblems = Map<string, FieldProblem>;

export function problemsOf(form: TaskForm, known: Known): FieldProblems {
  const found: FieldProblems = new Map();
  const wrong = (field: string, text: string, missing = false) =>
    found.set(field, { text, missing });

  if (!isTaskName(form.name)) wrong('name', t('create.name.bad'), form.name === '');
  else if (known.taken) wrong('name', t('create.name.taken', { name: form.name }));
  if (lengthOf(form.description) > DESCRIPTION_MAX)
    wrong('description', t('create.description.long'));
  if (!form.bootFile.endsWith('.py'))
    wrong('boot_file', t('create.boot.bad'), form.bootFile === '');
  else if (known.noScript) wrong('boot_file', t('create.boot.missing', { branch: form.branch }));
  if (form.model.name === '' && known.kind === 'inference')
    wrong('model', t('create.model.need'), true);
  if (usesEngine(form)) checkEngine(form, known, wrong);
  else checkImage(form, known, wrong);
  if (form.spec === '') wrong('spec', t('create.spec.need'), true);
  checkHours(form, known, wrong);
  checkParams(form, wrong);
  return found;
}

type Wrong = (field: string, text: string, missing?: boolean) => void;

function checkEngine(form: TaskForm, { engines, images }: Known, wrong: Wrong): void {
  if (images === undefined) return;
  if (engines.length === 0) wrong('engine', t('create.engine.none'));
  else if (!engines.includes(form.engine))
    wrong('engine', t('create.engine.gone', { name: form.engine }));
}

function checkImage(form: TaskForm, known: Known, wrong: Wrong): void {
  const image = form.image.trim();
  if (image === '') wrong('image', t('create.required'), true);
  else if (/\s/.test(image)) wrong('image', t('create.image.bad'));
  else if (known.external && known.cluster?.external_images === false)
    wrong('image', t('create.image.inside', { cluster: known.cluster.title }));
  else if (
    !known.external &&
    known.images !== undefined &&
    !known.images.some(({ name }) => name === image)
  )
    wrong('image', t('create.image.unfit', { name: image }));
}

function checkHours(form: TaskForm, { cluster }: Known, wrong: Wrong): void {
  if (form.hours.trim() === '') return;
  const hours = Number(form.hours);
  const most = longestRuntime(cluster?.max_runtime_s) / 3600;
  if (!(hours > 0)) wrong('max_runtime_s', t('create.hours.bad'));
  else if (hours > most)
    wrong('max_runtime_s', t('create.hours.most', { hours: formatNumber(most, 2) }));
}

function checkParams(form: TaskForm, wrong: Wrong): void {
  const seen = new Set<string>();
  for (const param of form.params) {
    const name = param.name.trim();
    if (name === '' && param.value === '') continue;
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name))
      wrong('params', t('create.param.bad'), name === '');
    else if (seen.has(name)) wrong('params', t('create.param.twice', { name }));
    seen.add(name);
  }
}
