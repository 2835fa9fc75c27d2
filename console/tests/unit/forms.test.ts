import { describe, expect, it } from 'vitest';
import { fileBase64 } from '@/lib/code/file-bytes';
import { nameFromUrl, nameFromZip } from '@/lib/project-name';
import { parseQuota, quotaText } from '@/lib/quota';
import { parseSize, sizeText } from '@/lib/size-text';

describe('a quota', () => {
  it('is typed with empty fields for no limit and storage in GiB', () => {
    const quota = {
      tasks_train: 4,
      tasks_inference: null,
      accelerators: 0,
      storage_bytes: 2 ** 39,
    };
    const text = quotaText(quota);
    expect(text).toEqual({
      tasks_train: '4',
      tasks_inference: '',
      accelerators: '0',
      storage_bytes: '512',
    });
    expect(parseQuota(text)).toEqual(quota);
    expect(parseQuota({ ...text, storage_bytes: '0.5' })?.storage_bytes).toBe(2 ** 29);
  });

  it('of no sense is refused', () => {
    const text = quotaText({
      tasks_train: null,
      tasks_inference: null,
      accelerators: null,
      storage_bytes: null,
    });
    for (const wrong of ['-1', 'many', '1.5', '1e3'])
      expect(parseQuota({ ...text, tasks_train: wrong })).toBeUndefined();
  });
});

describe('a size', () => {
  it('is written and read as people do', () => {
    expect(sizeText(2 * 2 ** 30)).toBe('2 GiB');
    expect(sizeText(1500)).toBe('1500 B');
    expect(parseSize('2 GiB')).toBe(2 * 2 ** 30);
    expect(parseSize('1.5g')).toBe(1.5 * 2 ** 30);
    expect(parseSize('100MB')).toBe(100 * 2 ** 20);
    for (const wrong of ['', 'big', '-1', '0', '2 apples'])
      expect(parseSize(wrong)).toBeUndefined();
  });
});

it('a project is named after where its code comes from', () => {
  expect(nameFromUrl('https://git.example.org/group/My%20Project.git/')).toBe('My-Project');
  expect(nameFromUrl('https://git.example.org')).toBe('');
  expect(nameFromZip('MNIST 示例-main.zip')).toBe('MNIST-main');
});

it('bytes of any length become base64', async () => {
  const bytes = new Uint8Array(100_000).map((_, i) => i % 251);
  expect(await fileBase64(new Blob([bytes]))).toBe(Buffer.from(bytes).toString('base64'));
});
