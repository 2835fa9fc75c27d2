// The catalogue of images, and how registries are spoken to.
import { queryOptions } from '@tanstack/vue-query';
import { computed } from 'vue';
import { language, locale } from '@/i18n';
import { api, body } from './client';
import type { ProjectPlace } from './datasets';
import { ApiError } from './errors';
import type { components } from './schema';
import type { Image, Registry } from './types';

type Schemas = components['schemas'];

const MOVING = ['asking', 'fetching', 'unpacking'];
const MOVING_MS = 1500;

export const imageKeys = {
  images: ['images'] as const,
  registries: (place: ProjectPlace | undefined) =>
    ['registries', place?.owner ?? '', place?.project ?? ''] as const,
};

/** Whether it is on its way and changes without anybody doing anything. */
export function isMoving({ state }: Pick<Image, 'state'>): boolean {
  return MOVING.includes(state);
}

export function imagesQuery() {
  return queryOptions({
    queryKey: computed(() => [...imageKeys.images, language.value]),
    queryFn: async () => (await body(api.GET('/api/v2/images'))).items,
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.some(isMoving) ? MOVING_MS : false),
  });
}

export function createImage(image: Schemas['ImageBody']): Promise<Image> {
  return body(api.POST('/api/v2/images', { body: image }));
}

export function changeImage(image: string, change: Schemas['ImageChange']): Promise<Image> {
  return body(api.PATCH('/api/v2/images/{image}', { params: { path: { image } }, body: change }));
}

export function deleteImage(image: string): Promise<unknown> {
  return body(api.DELETE('/api/v2/images/{image}', { params: { path: { image } } }));
}

/** What its reference stands for now. */
export function fetchImage(image: string): Promise<Image> {
  return body(api.POST('/api/v2/images/{image}/fetch', { params: { path: { image } } }));
}

export async function pruneImages(): Promise<number> {
  return (await body(api.POST('/api/v2/images/prune'))).freed_bytes;
}

/**
 * Sends an archive as it is. By XMLHttpRequest, because fetch does not tell how much of a body of
 * gigabytes is sent.
 */
export function sendArchive(
  image: string,
  archive: File,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<Image> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/v2/images/${encodeURIComponent(image)}/archive`);
    request.setRequestHeader('Accept-Language', locale());
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status < 300) resolve(request.response as Image);
      else reject(ApiError.from(request.status, request.response));
    };
    request.onerror = () => reject(ApiError.unreachable());
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(archive);
  });
}

/** The platform's registries, or those of a project. */
export function registriesQuery(place: ProjectPlace | undefined) {
  return queryOptions({
    queryKey: imageKeys.registries(place),
    queryFn: async (): Promise<Registry[]> => {
      const list =
        place === undefined
          ? await body(api.GET('/api/v2/registries'))
          : await body(
              api.GET('/api/v2/projects/{owner}/{name}/registries', {
                params: { path: { owner: place.owner, name: place.project } },
              }),
            );
      return list.items;
    },
  });
}

export function putRegistry(
  place: ProjectPlace | undefined,
  registry: string,
  fields: Schemas['RegistryBody'],
): Promise<Registry> {
  if (place === undefined) {
    const params = { path: { registry } };
    return body(api.PUT('/api/v2/registries/{registry}', { params, body: fields }));
  }
  const params = { path: { owner: place.owner, name: place.project, registry } };
  return body(
    api.PUT('/api/v2/projects/{owner}/{name}/registries/{registry}', { params, body: fields }),
  );
}

export function deleteRegistry(
  place: ProjectPlace | undefined,
  registry: string,
): Promise<unknown> {
  if (place === undefined)
    return body(api.DELETE('/api/v2/registries/{registry}', { params: { path: { registry } } }));
  const params = { path: { owner: place.owner, name: place.project, registry } };
  return body(api.DELETE('/api/v2/projects/{owner}/{name}/registries/{registry}', { params }));
}
