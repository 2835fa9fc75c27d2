// The live end of a task: log text, state changes and the end, over one stream of server-sent events.
import type { Task } from './types';

export type StreamState = 'connecting' | 'live' | 'offline' | 'ended';

export interface StreamEvents {
  /** `end` is the byte offset after the text */
  text(text: string, end: number): void;
  task(task: Task): void;
  /** the task is final and the log is whole */
  ended(): void;
  state(state: StreamState): void;
}

const RETRY_MS = 3000;

/**
 * A browser reconnects by itself and tells the server the last event id it saw, which is a byte
 * offset, so nothing is lost or repeated. It gives up for good when the server answers with an error,
 * as it does while it restarts behind a proxy; then this class starts anew from the same offset.
 */
export class LogStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private offset: number;

  constructor(
    private readonly url: (offset: number) => string,
    offset: number,
    private readonly events: StreamEvents,
  ) {
    this.offset = offset;
    this.connect();
  }

  close(): void {
    clearTimeout(this.timer);
    this.source?.close();
  }

  private connect(): void {
    this.events.state('connecting');
    const source = new EventSource(this.url(this.offset));
    this.source = source;
    source.addEventListener('open', () => this.events.state('live'));
    source.addEventListener('log', (event) => this.take(event));
    source.addEventListener('state', (event) =>
      this.events.task(JSON.parse(event.data as string) as Task),
    );
    source.addEventListener('end', () => {
      source.close();
      this.events.state('ended');
      this.events.ended();
    });
    source.addEventListener('error', () => {
      this.events.state('offline');
      if (source.readyState !== EventSource.CLOSED) return;
      this.timer = setTimeout(() => this.connect(), RETRY_MS);
    });
  }

  private take(event: MessageEvent): void {
    const { text } = JSON.parse(event.data as string) as { offset: number; text: string };
    if (event.lastEventId !== '') this.offset = Number(event.lastEventId);
    this.events.text(text, this.offset);
  }
}
