import { describe, expect, it } from 'vitest';
import { launchArguments, layoutOf } from '@/lib/form/layouts';
import { metricsOf } from '@/lib/model-metrics';
import { cliCommand, curlCommand } from '@/lib/form/commands';
import { isTaskName, parseParams, suggestName } from '@/lib/form/task';
import { looksLikeText, pictureType } from '@/lib/file-kind';

describe('the form of a task', () => {
  it('knows the documented rule of names, and suggests one that follows it', () => {
    const good = ['a', '0', 'mnist-1', 'a_b-c', 'a'.repeat(36)];
    const bad = ['', '-a', '_a', 'a_', 'A', 'a b', 'a'.repeat(37), '中'];
    expect(good.map(isTaskName)).toEqual(good.map(() => true));
    expect(bad.map(isTaskName)).toEqual(bad.map(() => false));
    const at = new Date(2026, 10, 3, 9, 5);
    for (const project of ['MNIST example', '___', '中文项目', 'x'.repeat(60)])
      expect(isTaskName(suggestName(project, at))).toBe(true);
    expect(suggestName('MNIST example', at)).toBe('mnist-example-1103-0905');
  });

  it('reads parameters from a pasted command', () => {
    const read = (text: string) => parseParams(text).map(({ name, value }) => `${name}=${value}`);
    expect(read('python train.py --a=1 --b 2 --flag --c="x y" -d -1')).toEqual([
      'a=1',
      'b=2',
      'flag=',
      'c=x y',
      'd=-1',
    ]);
    expect(read("--note='it is' \\\n  --lr=3e-4")).toEqual(['note=it is', 'lr=3e-4']);
    expect(read('plain text')).toEqual([]);
  });

  it('shows the arguments that a layout adds', () => {
    const words = (compute: string, cluster = 'openi') =>
      launchArguments(layoutOf(cluster, compute, 'train', 'Me'), {
        kind: 'train',
        params: [{ name: 'lr', value: '1' }],
        folders: ['mnist'],
        modelFile: 'a.pt',
      }).map(({ name, value }) => `${name}=${value}`);
    expect(words('gpu')).toEqual(['lr=1', 'ckpt_url=/pretrainmodel/a.pt']);
    expect(words('npu')).toEqual([
      'data_url=/cache/dataset',
      'train_url=/cache/output',
      'multi_data_url=[{"dataset_url":"/cache/dataset/mnist","dataset_name":"mnist"}]',
      'pretrain_url=[{"model_url":"/cache/pretrainmodel/a.pt","model_name":"a.pt"}]',
      'ckpt_url=/cache/pretrainmodel/a.pt',
      'lr=1',
      'device_target=Ascend',
    ]);
    expect(words('gpu', 'c2net')).toEqual(['lr=1', 'ckpt_url=/tmp/pretrainmodel/a.pt']);
    expect(layoutOf('c2net', 'cpu', 'train', 'Me').code).toBe('/tmp/code/me');
  });

  it('becomes a command that a shell takes as it is meant', () => {
    const request = {
      name: 'a',
      boot_file: "it's.py",
      spec: 'cpu-1',
      params: [{ name: 'x', value: 'a b' }],
      max_runtime_s: 5400,
    };
    const command = cliCommand({ project: 'me/p' }, request);
    expect(command).toContain('cloudbrain task submit -p me/p');
    expect(command).toContain('--max-runtime 5400s');
    expect(command).toContain(`--boot-file 'it'\\''s.py'`);
    expect(command).toContain(`--param 'x=a b'`);
    // A new version keeps the name.
    const modify = cliCommand({ task: 7 }, request);
    expect(modify).toContain('cloudbrain task modify 7');
    expect(modify).not.toContain('--name');
    expect(curlCommand('http://h', { task: 7 }, request)).toContain('/api/v2/tasks/7/modify');
  });

  it('takes metrics only with a name and a number each', () => {
    expect(
      metricsOf([
        { name: 'acc', value: '0.5' },
        { name: '', value: '' },
      ]),
    ).toEqual({ acc: 0.5 });
    expect(metricsOf([{ name: 'acc', value: '' }])).toBeUndefined();
    expect(metricsOf([{ name: '', value: '1' }])).toBeUndefined();
    expect(metricsOf([{ name: 'acc', value: 'high' }])).toBeUndefined();
  });
});

describe('a look at a file', () => {
  it('takes no file for a picture that can hold scripts', () => {
    expect(pictureType('A.PNG')).toBe('image/png');
    expect(pictureType('a.svg')).toBeUndefined();
    expect(pictureType('png')).toBe('image/png');
  });
  it('tells text from bytes, also when a letter is cut', () => {
    const bytes = new TextEncoder().encode('数据集');
    expect(looksLikeText(bytes)).toBe(true);
    expect(looksLikeText(bytes.subarray(0, 4))).toBe(true);
    expect(looksLikeText(new Uint8Array([1, 0, 2]))).toBe(false);
    expect(looksLikeText(new Uint8Array([0xff, 0xfe, 0x41]))).toBe(false);
  });
});
