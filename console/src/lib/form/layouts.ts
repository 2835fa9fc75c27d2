// Where a task finds its code, data, model and output, and which arguments it is given: the console's
// copy of the server's table (src/domain/layouts.cpp), for the command that the form shows.
import type { TaskKind } from '@/api/types';

export interface Layout {
  code: string;
  dataset: string;
  model: string;
  output: string;
  /** data and output places are given as arguments */
  dataArguments: boolean;
  npu: boolean;
}

export function layoutOf(layout: string, compute: string, kind: TaskKind, project: string): Layout {
  const npu = compute === 'npu';
  const folder = project.toLowerCase();
  if (layout === 'c2net') {
    const root = npu ? '/cache' : '/tmp';
    return {
      code: `${root}/code/${folder}`,
      dataset: `${root}/dataset`,
      model: `${root}/pretrainmodel`,
      output: `${root}/output`,
      dataArguments: false,
      npu,
    };
  }
  if (npu)
    return {
      code: '/cache/code',
      dataset: '/cache/dataset',
      model: '/cache/pretrainmodel',
      output: '/cache/output',
      dataArguments: true,
      npu,
    };
  const inference = kind === 'inference';
  return {
    code: '/code',
    dataset: '/dataset',
    model: inference ? '/model' : '/pretrainmodel',
    output: inference ? '/result' : '/model',
    dataArguments: false,
    npu,
  };
}

export interface LaunchInput {
  kind: TaskKind;
  params: readonly { name: string; value: string }[];
  /** of each chosen file, its folder; empty for a plain file */
  folders: readonly string[];
  /** file of the chosen model; empty without a model */
  modelFile: string;
}

/** The arguments in their order, those of the platform marked. */
export function launchArguments(
  layout: Layout,
  input: LaunchInput,
): { name: string; value: string; given: boolean }[] {
  const given = (name: string, value: string) => ({ name, value, given: true });
  const own = input.params.map(({ name, value }) => ({ name, value, given: false }));
  const outputName = input.kind === 'inference' ? 'result_url' : 'train_url';
  const place = (folder: string) =>
    folder === '' ? layout.dataset : `${layout.dataset}/${folder}`;
  const checkpoint =
    input.modelFile === '' ? [] : [given('ckpt_url', `${layout.model}/${input.modelFile}`)];
  const pretrained =
    input.modelFile === ''
      ? []
      : [
          given(
            'pretrain_url',
            JSON.stringify([
              {
                model_url: `${layout.model}/${input.modelFile}`,
                model_name: input.modelFile.slice(input.modelFile.lastIndexOf('/') + 1),
              },
            ]),
          ),
        ];
  const device =
    layout.npu && !own.some(({ name }) => name === 'device_target')
      ? [given('device_target', 'Ascend')]
      : [];
  if (!layout.dataArguments) return [...own, ...checkpoint, ...device];
  const hasData = input.folders.length > 0;
  const list = input.folders.map((folder) => ({
    dataset_url: place(folder),
    dataset_name: folder,
  }));
  return [
    ...(hasData
      ? [
          given(
            'data_url',
            input.folders.length === 1 ? layout.dataset : place(input.folders[0] ?? ''),
          ),
        ]
      : []),
    given(outputName, layout.output),
    ...(hasData ? [given('multi_data_url', JSON.stringify(list))] : []),
    ...pretrained,
    ...checkpoint,
    ...own.filter(({ name }) => name !== outputName && !(hasData && name === 'data_url')),
    ...device,
  ];
}
