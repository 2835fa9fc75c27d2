// Resumable uploads by the tus protocol. One file travels at a time: several streams on one line
// bring nothing, and the first file is there sooner.
import { queryOptions } from '@tanstack/vue-query';
import { Upload as TusUpload } from 'tus-js-client';
import { locale } from '@/i18n';
import { uploads, whenArrived, type UploadItem, type UploadTarget } from '@/lib/uploads';
import { fetchJson } from './client';
import { ApiError } from './errors';
import type { Upload } from './shapes';

/** A chunk is one request. The server keeps every byte at once, so its size only bounds a request. */
const CHUNK = 64 * 2 ** 20;
const RETRY_DELAYS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
/** The rate is that of the last seconds. */
const RATE_MS = 5000;
const KEPT = 'cloudbrain.upload.';
const ENDPOINT = '/api/v2/uploads';

let nextKey = 1;
const senders = new Map<number, TusUpload>();

/** Unfinished uploads of the reader, also of other browsers and of before a reload. */
export const unfinishedQuery = queryOptions({
  queryKey: ['uploads'],
  queryFn: async () =>
    (await fetchJson<{ items: Upload[] }>('/uploads')).items.filter(
      ({ state }) => state === 'open',
    ),
});

/** What makes a file on the reader's disk the same file as before. */
function fingerprint(file: File): string {
  return `${file.name}|${file.size}|${file.lastModified}`;
}

/** The file that a person picked is the one that this upload began with, in this browser. */
export function continues(upload: Upload, file: File): boolean {
  return localStorage.getItem(KEPT + upload.id) === fingerprint(file);
}

/** It began in this browser, so that the file can be known again. */
export function isKnownHere(upload: Upload): boolean {
  return localStorage.getItem(KEPT + upload.id) !== null;
}

export function addUploads(target: UploadTarget, files: File[], unfinished: Upload[]): void {
  for (const file of files) {
    uploads.value.push({
      key: nextKey,
      target,
      file,
      state: 'waiting',
      sent: 0,
      rate: 0,
      resumed: false,
      error: '',
    });
    const earlier = unfinished.find(
      (upload) =>
        upload.project === target.project &&
        upload.dataset === (target.dataset ?? '') &&
        upload.model === (target.model ?? '') &&
        (target.version === undefined || upload.version === target.version) &&
        continues(upload, file),
    );
    senders.set(nextKey, makeSender(nextKey, target, file, earlier));
    nextKey += 1;
  }
  sendNext();
}

function makeSender(
  key: number,
  target: UploadTarget,
  file: File,
  earlier: Upload | undefined,
): TusUpload {
  const metadata: Record<string, string> = { filename: file.name, project: target.project };
  for (const name of ['dataset', 'model', 'version'] as const) {
    const value = target[name];
    if (value !== undefined) metadata[name] = value;
  }
  const change = (fields: Partial<UploadItem>) => Object.assign(itemOf(key) ?? {}, fields);
  const marks: [at: number, sent: number][] = [];
  if (earlier !== undefined) change({ sent: earlier.offset, resumed: true });
  const sender: TusUpload = new TusUpload(file, {
    endpoint: ENDPOINT,
    ...(earlier === undefined ? {} : { uploadUrl: `${ENDPOINT}/${earlier.id}` }),
    chunkSize: CHUNK,
    retryDelays: RETRY_DELAYS,
    metadata,
    headers: { 'Accept-Language': locale() },
    // What was begun is found by the server's list and our own note of the file.
    storeFingerprintForResuming: false,
    removeFingerprintOnSuccess: false,
    onUploadUrlAvailable: () => keep(sender.url, file),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      return status === 0 || status === 409 || status === 423 || status >= 500;
    },
    onProgress: (sent) => {
      const now = Date.now();
      marks.push([now, sent]);
      while ((marks[0]?.[0] ?? now) < now - RATE_MS) marks.shift();
      const [at, from] = marks[0] ?? [now, sent];
      change({ sent, rate: now - at < 500 ? 0 : ((sent - from) * 1000) / (now - at) });
    },
    onSuccess: () => {
      forget(sender.url);
      change({ state: 'done', sent: file.size, error: '' });
      senders.delete(key);
      whenArrived.value(target);
      sendNext();
    },
    onError: (error) => {
      change({ state: 'failed', rate: 0, error: messageOf(error) });
      sendNext();
    },
  });
  return sender;
}

/** The server answers problems in the reader's language; a lost line is worded here. */
function messageOf(error: Error & { originalResponse?: { getBody(): string } | null }): string {
  const text = error.originalResponse?.getBody();
  if (text === undefined || text === '') return ApiError.unreachable().message;
  try {
    const { detail, problems, next } = JSON.parse(text) as {
      detail?: string;
      next?: string;
      problems?: { message: string }[];
    };
    return [problems?.[0]?.message ?? detail, next].filter(Boolean).join(' ');
  } catch {
    return text;
  }
}

function itemOf(key: number): UploadItem | undefined {
  return uploads.value.find((item) => item.key === key);
}

function sendNext(): void {
  if (uploads.value.some(({ state }) => state === 'sending')) return;
  const next = uploads.value.find(({ state }) => state === 'waiting');
  if (next === undefined) return;
  next.state = 'sending';
  senders.get(next.key)?.start();
}

export async function pauseUpload(key: number): Promise<void> {
  const item = itemOf(key);
  if (item === undefined) return;
  const sending = item.state === 'sending';
  Object.assign(item, { state: 'paused', rate: 0 });
  if (sending) await senders.get(key)?.abort();
  sendNext();
}

/** After a pause or a failure: from where the server has it. */
export function resumeUpload(key: number): void {
  const item = itemOf(key);
  if (item === undefined) return;
  Object.assign(item, { state: 'waiting', error: '' });
  sendNext();
}

/** Takes it out of the list. What has arrived of it is deleted on the server, too. */
export async function removeUpload(key: number): Promise<void> {
  const item = itemOf(key);
  uploads.value = uploads.value.filter((other) => other.key !== key);
  const sender = senders.get(key);
  senders.delete(key);
  if (item !== undefined && item.state !== 'done' && sender !== undefined) {
    forget(sender.url);
    await sender.abort(true).catch(() => undefined);
  }
  sendNext();
}

export async function discardUnfinished(upload: Upload): Promise<void> {
  await fetchJson(`/uploads/${encodeURIComponent(upload.id)}`, 'DELETE');
  localStorage.removeItem(KEPT + upload.id);
}

const idOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);

function keep(url: string | null, file: File): void {
  if (url !== null) localStorage.setItem(KEPT + idOf(url), fingerprint(file));
}

function forget(url: string | null): void {
  if (url !== null) localStorage.removeItem(KEPT + idOf(url));
}

// Closing the tab would stop what still travels.
window.addEventListener('beforeunload', (event) => {
  if (uploads.value.some(({ state }) => state === 'sending' || state === 'waiting'))
    event.preventDefault();
});
