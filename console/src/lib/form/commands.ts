// What the form submits, as a command of the CLI and as a request by curl.
import type { TaskRequest } from '@/api/submit';
import { shellWord } from '@/lib/launch-command';

/** Where it goes: a project, or a task that gets a new version. */
export type Goal = { project: string } | { task: number };

export function cliCommand(goal: Goal, request: TaskRequest): string {
  const { model, engine, image, description, max_runtime_s: runtime } = request;
  const options = [
    ...('task' in goal
      ? [String(goal.task)]
      : [
          `-p ${shellWord(goal.project)}`,
          ...(request.kind === 'inference' ? ['--kind inference'] : []),
          `--name ${shellWord(request.name)}`,
        ]),
    ...(description ? [`--description ${shellWord(description)}`] : []),
    `--cluster ${shellWord(request.cluster ?? '')}`,
    `--compute ${shellWord(request.compute ?? '')}`,
    `--branch ${shellWord(request.branch ?? '')}`,
    `--boot-file ${shellWord(request.boot_file)}`,
    engine ? `--engine ${shellWord(engine)}` : `--image ${shellWord(image ?? '')}`,
    ...(model
      ? [`--model ${shellWord([model.name, model.version, model.file].filter(Boolean).join(':'))}`]
      : []),
    ...(request.datasets ?? []).map((name) => `--dataset ${shellWord(name)}`),
    ...(request.params ?? []).map(
      ({ name = '', value = '' }) => `--param ${shellWord(`${name}=${value}`)}`,
    ),
    `--spec ${shellWord(request.spec)}`,
    ...(runtime === undefined ? [] : [`--max-runtime ${runtime}s`]),
  ];
  const verb = 'task' in goal ? 'modify' : 'submit';
  return `cloudbrain task ${verb} ${options.join(' \\\n  ')}`;
}

/** The token comes from a variable, so that it is in no history. */
export function curlCommand(server: string, goal: Goal, request: TaskRequest): string {
  const path = 'task' in goal ? `tasks/${goal.task}/modify` : `projects/${goal.project}/tasks`;
  const lines = [
    `curl -X POST ${server}/api/v2/${path}`,
    '-H "Authorization: Bearer $CLOUDBRAIN_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d ${shellWord(JSON.stringify(request, null, 1))}`,
  ];
  return lines.join(' \\\n  ');
}
