// Addresses of data sets and models.
import type { RouteLocationRaw } from 'vue-router';

function place(project: string): { owner: string; project: string } {
  const [owner = '', name = ''] = project.split('/');
  return { owner, project: name };
}

export function datasetRoute(project: string, dataset: string): RouteLocationRaw {
  return { name: 'dataset', params: { ...place(project), dataset } };
}

/** A file of a data set; `path` is a place in its unpacked tree, one parameter for each folder. */
export function datasetFileRoute(
  project: string,
  dataset: string,
  file: string,
  path = '',
): RouteLocationRaw {
  const parts = path === '' ? [] : path.split('/');
  return { name: 'dataset-file', params: { ...place(project), dataset, file, path: parts } };
}

export function modelRoute(project: string, model: string, version = ''): RouteLocationRaw {
  return { name: 'model', params: { ...place(project), model, version } };
}
