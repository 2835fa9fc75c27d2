// A quota as it is typed: an empty field is no limit, storage is in GiB.
import type { Quota } from '@/api/types';

export const QUOTA_FIELDS = [
  'tasks_train',
  'tasks_inference',
  'accelerators',
  'storage_bytes',
] as const;
export type QuotaField = (typeof QUOTA_FIELDS)[number];
export type QuotaText = Record<QuotaField, string>;

const GIB = 2 ** 30;

export function quotaText(quota: Quota): QuotaText {
  const text = (value: number | null) => (value === null ? '' : String(value));
  const storage = quota.storage_bytes;
  return {
    tasks_train: text(quota.tasks_train),
    tasks_inference: text(quota.tasks_inference),
    accelerators: text(quota.accelerators),
    storage_bytes: storage === null ? '' : String(Number((storage / GIB).toFixed(3))),
  };
}

/** Undefined where a field is neither empty nor a number that makes sense there. */
export function parseQuota(text: QuotaText): Quota | undefined {
  const quota: Partial<Quota> = {};
  for (const field of QUOTA_FIELDS) {
    const typed = text[field].trim();
    if (typed === '') {
      quota[field] = null;
      continue;
    }
    const storage = field === 'storage_bytes';
    if (!(storage ? /^\d+(?:\.\d+)?$/ : /^\d{1,9}$/).test(typed)) return undefined;
    quota[field] = storage ? Math.round(Number(typed) * GIB) : Number(typed);
  }
  return quota as Quota;
}
