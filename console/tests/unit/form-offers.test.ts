import { describe, expect, it } from 'vitest';
import type { Cluster, Image, Spec } from '@/api/types';
import { enginesFor, imagesFor, specServes } from '@/lib/form/offers';
import { emptyForm, requestOf } from '@/lib/form/task';

const cluster = (fields: Partial<Cluster> = {}) =>
  ({ name: 'openi', simulate: false, images: [], ...fields }) as Cluster;
const spec = (compute: string, kinds: string[] = []) => ({ compute, kinds }) as unknown as Spec;
const image = (name: string, fields: Partial<Image> = {}) =>
  ({ name, computes: [], clusters: [], engines: [], recommended: false, ...fields }) as Image;

describe('what a cluster takes', () => {
  it('lets a CPU spec serve GPU, and NPU only where it simulates', () => {
    const cpu = spec('cpu');
    expect(specServes(cpu, cluster(), 'gpu', 'train')).toBe(true);
    expect(specServes(cpu, cluster(), 'npu', 'train')).toBe(false);
    expect(specServes(cpu, cluster({ simulate: true }), 'npu', 'train')).toBe(true);
    expect(specServes(spec('gpu'), cluster(), 'cpu', 'train')).toBe(false);
    expect(specServes(spec('cpu', ['inference']), cluster(), 'cpu', 'train')).toBe(false);
  });

  it('has images of its compute resource, recommended ones first', () => {
    const all = [
      image('host'),
      image('npu-only', { computes: ['npu'] }),
      image('elsewhere', { clusters: ['c2net'] }),
      image('best', { recommended: true }),
    ];
    const names = (found: Image[]) => found.map(({ name }) => name);
    expect(names(imagesFor(all, cluster(), 'gpu'))).toEqual(['best', 'host']);
    expect(names(imagesFor(all, cluster({ images: ['host'] }), 'gpu'))).toEqual(['host']);
    expect(names(imagesFor(all, cluster(), 'npu'))).toEqual(['best', 'host', 'npu-only']);
  });

  it('has the AI engines of its images, and the documented ones where it simulates', () => {
    const some = [image('ms', { engines: ['MindSpore2.3'] })];
    expect(enginesFor(some, cluster())).toEqual(['MindSpore2.3']);
    expect(enginesFor(some, cluster({ simulate: true }))).toEqual([
      'MindSpore1.7',
      'MindSpore1.8.1',
      'TensorFlow1.15',
      'MindSpore2.3',
    ]);
  });

  it('says its own time limit where it is shorter than the usual one', () => {
    const runtime = (hours: string, most?: number) =>
      requestOf({ ...emptyForm(), hours }, 'train', most).max_runtime_s;
    expect(runtime('')).toBeUndefined();
    expect(runtime('', 7200)).toBe(7200);
    expect(runtime('', 7 * 86_400)).toBeUndefined();
    expect(runtime('1.5', 7200)).toBe(5400);
  });
});
