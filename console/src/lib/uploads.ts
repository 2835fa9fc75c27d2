// The uploads of this browser tab: what the pages show of them. They go on while the reader walks
// through the console. What sends the bytes is fetched with the first of them.
import { computed, ref, shallowRef } from 'vue';

export interface UploadTarget {
  /** "owner/name" */
  project: string;
  dataset?: string;
  model?: string;
  version?: string;
}

export type UploadState = 'waiting' | 'sending' | 'paused' | 'done' | 'failed';

export interface UploadItem {
  key: number;
  target: UploadTarget;
  file: File;
  state: UploadState;
  /** bytes that the server has */
  sent: number;
  /** bytes a second, of the last seconds; 0 until it is known */
  rate: number;
  /** it goes on where an earlier one stopped */
  resumed: boolean;
  error: string;
}

export const uploads = ref<UploadItem[]>([]);
/** The dialog shows them itself, so that the corner need not. */
export const uploadsWatched = ref(false);
/** Called when a file has arrived whole. */
export const whenArrived = shallowRef<(target: UploadTarget) => void>(() => undefined);

export const activeUploads = computed(() =>
  uploads.value.filter(({ state }) => state === 'waiting' || state === 'sending'),
);

export function sameTarget(a: UploadTarget, b: UploadTarget): boolean {
  return (
    a.project === b.project &&
    (a.dataset ?? '') === (b.dataset ?? '') &&
    (a.model ?? '') === (b.model ?? '') &&
    (a.version ?? '') === (b.version ?? '')
  );
}

/** Seconds until the end at the present rate; undefined while that is not known. */
export function secondsLeft(item: Pick<UploadItem, 'file' | 'sent' | 'rate'>): number | undefined {
  return item.rate <= 0 ? undefined : (item.file.size - item.sent) / item.rate;
}
