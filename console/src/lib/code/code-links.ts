// Addresses of a project's code pages. A branch's slashes are escaped in them, a path's are not.
import type { RouteLocationRaw } from 'vue-router';
import type { CodePlace } from '@/api/code';

export type CodePage = 'tree' | 'blob' | 'commits' | 'edit' | 'new-file' | 'upload';

export function codeRoute(page: CodePage, place: CodePlace, hash = ''): RouteLocationRaw {
  const { owner, project, ref, path } = place;
  return { name: page, params: { owner, project, at: ref, path: pathParts(path) }, hash };
}

export function commitRoute(
  { owner, project }: Pick<CodePlace, 'owner' | 'project'>,
  id: string,
): RouteLocationRaw {
  return { name: 'commit', params: { owner, project, id } };
}

export function pathParts(path: string): string[] {
  return path === '' ? [] : path.split('/');
}

/** What the router found for a path of any length. */
export function pathOf(parameter: string | string[] | undefined): string {
  if (parameter === undefined) return '';
  return typeof parameter === 'string' ? parameter : parameter.filter(Boolean).join('/');
}

export function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

export function shortCommit(id: string): string {
  return id.slice(0, 8);
}

/** A link in a document to a file beside it: "../img/a.png" seen from "docs". Undefined outside. */
export function resolvePath(folder: string, link: string): string | undefined {
  const parts = link.startsWith('/') ? [] : pathParts(folder);
  for (const part of link.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
