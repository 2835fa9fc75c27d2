import { describe, expect, it } from 'vitest';
import { isMoving } from '@/api/images';
import { machinesOf } from '@/api/machine';
import type { Cluster, Spec } from '@/api/types';
import { enImages } from '@/i18n/late/en-images';
import { enMachine } from '@/i18n/late/en-machine';
import { zhImages } from '@/i18n/late/zh-images';
import { zhMachine } from '@/i18n/late/zh-machine';
import { parseSpec, specText } from '@/lib/spec-form';
import { joinWords, splitWords } from '@/lib/word-list';

const GIB = 2 ** 30;
const spec = {
  name: 'gpu-1',
  compute: 'gpu',
  accelerator_type: 'A100',
  accelerators: 1,
  cpus: 16,
  memory_bytes: 64 * GIB,
  shared_memory_bytes: 8 * GIB,
  internet: false,
  kinds: ['train'],
  clusters: ['openi'],
} as Spec;

describe('a spec', () => {
  it('is typed with sizes in words, and comes back as it was', () => {
    const text = specText(spec);
    expect(text).toMatchObject({ cards: '1', memory: '64 GiB', shared: '8 GiB' });
    const { name: _, ...body } = spec;
    expect(parseSpec(text)).toMatchObject({ body });
  });

  it('leaves the shared memory to the server where it is half of the memory', () => {
    const text = specText({ ...spec, shared_memory_bytes: 32 * GIB });
    expect(text.shared).toBe('');
    expect(parseSpec(text).body?.shared_memory_bytes).toBeNull();
    expect(parseSpec({ ...text, shared: '0' }).body?.shared_memory_bytes).toBe(0);
  });

  it('says which fields make no sense', () => {
    const fresh = specText();
    expect([...parseSpec(fresh).faults]).toEqual([['name', 'need']]);
    const bad = { ...fresh, name: 'x', cpus: '0', memory: 'lots', cards: '2', type: '' };
    expect(Object.fromEntries(parseSpec(bad).faults)).toEqual({
      cpus: 'number',
      memory: 'size',
      type: 'type',
    });
    expect(parseSpec({ ...fresh, name: 'x', shared: '9 GiB' }).faults.get('shared')).toBe('shared');
    expect(parseSpec({ ...fresh, name: 'x', type: 'A100' }).faults.get('type')).toBe('type');
  });
});

describe('words in one line', () => {
  it('are separated by commas of either script, each once', () => {
    expect(splitWords(' CUDA 12.4，py311 , ,py311、a')).toEqual(['CUDA 12.4', 'py311', 'a']);
    expect(splitWords(joinWords(['a', 'b c']))).toEqual(['a', 'b c']);
  });
});

describe('the machine', () => {
  it('is counted once, however many clusters offer it', () => {
    const clusters = ['local', 'local', 'slurm'].map((engine, i) => ({ engine, name: `${i}` }));
    expect(machinesOf(clusters as Cluster[]).map(({ name }) => name)).toEqual(['0', '2']);
  });

  it('is asked again only while an image is on its way', () => {
    expect(['asking', 'fetching', 'unpacking'].every((state) => isMoving({ state }))).toBe(true);
    expect(['ready', 'absent', 'failed'].some((state) => isMoving({ state }))).toBe(false);
  });

  it('has the same names to fill in, in both languages', () => {
    const names = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    const zh: Record<string, string> = { ...zhMachine, ...zhImages };
    const en: Record<string, string> = { ...enMachine, ...enImages };
    for (const key of Object.keys(zh))
      expect([key, names(en[key] ?? '')]).toEqual([key, names(zh[key] ?? '')]);
  });
});
