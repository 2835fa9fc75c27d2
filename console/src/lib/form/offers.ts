// What a cluster takes: the console's copy of the server's rules (spec_serves in src/tasks/catalogue.cpp,
// src/tasks/images/image_choice.cpp), so that the form offers nothing that is refused afterwards.
import type { Cluster, Image, Spec, TaskKind } from '@/api/types';

/** An empty list means all. */
function allows(list: readonly string[], one: string): boolean {
  return list.length === 0 || list.includes(one);
}

/** A CPU spec also serves GPU, and everything where the cluster simulates what the machine lacks. */
export function specServes(
  spec: Spec,
  cluster: Cluster | undefined,
  compute: string,
  kind: TaskKind,
): boolean {
  const computes =
    spec.compute === compute ||
    (spec.compute === 'cpu' && (compute === 'gpu' || cluster?.simulate === true));
  return computes && allows(spec.kinds, kind);
}

/** Images that the cluster runs on this compute resource, recommended ones first. */
export function imagesFor(
  images: readonly Image[],
  cluster: Cluster | undefined,
  compute: string,
): Image[] {
  return images
    .filter(
      ({ name, computes, clusters }) =>
        allows(cluster?.images ?? [], name) &&
        allows(clusters, cluster?.name ?? '') &&
        allows(computes, compute),
    )
    .sort((a, b) => Number(b.recommended) - Number(a.recommended));
}

const ENGINES = ['MindSpore1.7', 'MindSpore1.8.1', 'TensorFlow1.15'];

/** AI engines that an image stands for; where the cluster simulates, the documented ones besides. */
export function enginesFor(offered: readonly Image[], cluster: Cluster | undefined): string[] {
  const own = offered.flatMap(({ engines }) => engines);
  return [...new Set(cluster?.simulate === true ? [...ENGINES, ...own] : own)];
}
