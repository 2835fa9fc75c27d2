// The log of the task page: opened once with the page, kept while its tabs are switched, followed
// live until the task has ended.
import { useQueryClient } from '@tanstack/vue-query';
import { inject, onScopeDispose, provide, ref, shallowRef, type InjectionKey, type Ref } from 'vue';
import { ApiError, toApiError } from '@/api/errors';
import { TaskLog } from '@/api/log-source';
import { LogStream, type StreamState } from '@/api/log-stream';
import { keepTask, keys } from '@/api/queries';
import type { Task } from '@/api/types';
import type { LogLine } from '@/lib/log/log-lines';
import { LogStore } from '@/lib/log/log-store';

export interface LogSession {
  source: TaskLog;
  store: LogStore;
  /** the size is known and the last lines are there */
  opened: Readonly<Ref<boolean>>;
  stream: Readonly<Ref<StreamState>>;
  problem: Readonly<Ref<ApiError | undefined>>;
  /** Calls after every change of the store; returns the way to stop that. */
  onChange(listener: () => void): () => void;
  /** Calls with lines that were finished live. */
  onLines(listener: (from: number, lines: LogLine[]) => void): () => void;
  retry(): void;
}

const KEY: InjectionKey<LogSession> = Symbol('log of the task');

export function useTaskLog(): LogSession {
  const session = inject(KEY);
  if (session === undefined) throw new Error('useTaskLog is for the tabs of a task page');
  return session;
}

/** For the task page. `id` must not change: another task is another page. */
export function provideTaskLog(id: number): LogSession {
  const client = useQueryClient();
  const source = new TaskLog(id);
  const opened = ref(false);
  const stream = ref<StreamState>('connecting');
  const problem = shallowRef<ApiError>();
  const changed = new Set<() => void>();
  const finished = new Set<(from: number, lines: LogLine[]) => void>();
  const store = new LogStore(
    source,
    () => changed.forEach((listener) => listener()),
    (error) => (problem.value = toApiError(error)),
  );
  let live: LogStream | undefined;
  let attempt: number | undefined;
  let gone = false;

  function follow(offset: number): void {
    live = new LogStream((from) => source.streamUrl(from), offset, {
      text: (text, end) => {
        const { from, finished: lines } = store.append(text, end);
        if (lines.length > 0) finished.forEach((listener) => listener(from, lines));
      },
      task: takeTask,
      ended: () => store.finish(),
      state: (state) => (stream.value = state),
    });
  }

  function takeTask(task: Task): void {
    const known = client.getQueryData<Task>(keys.task(id));
    // A task that is started once more writes a new log. That may happen between the page's first
    // answer and the first event of the stream.
    const first = attempt ?? known?.attempt ?? task.attempt;
    attempt = task.attempt;
    if (first > 0 && first !== task.attempt) reopen();
    // The first event repeats what is known.
    if (known?.state === task.state) return;
    keepTask(client, task);
    // The stream's sentences are in the browser's language; the console may speak another.
    if (task.reason != null) {
      void client.invalidateQueries({ queryKey: keys.task(id), exact: true });
    }
  }

  function reopen(): void {
    live?.close();
    opened.value = false;
    void open();
  }

  async function open(): Promise<void> {
    problem.value = undefined;
    try {
      const offset = await store.open();
      if (gone) return;
      opened.value = true;
      if (store.complete) stream.value = 'ended';
      else follow(offset);
    } catch (error) {
      problem.value = toApiError(error);
    }
  }

  onScopeDispose(() => {
    gone = true;
    live?.close();
  });
  void open();

  const session: LogSession = {
    source,
    store,
    opened,
    stream,
    problem,
    onChange: (listener) => subscribe(changed, listener),
    onLines: (listener) => subscribe(finished, listener),
    retry: () => void open(),
  };
  provide(KEY, session);
  return session;
}

function subscribe<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => set.delete(listener);
}
