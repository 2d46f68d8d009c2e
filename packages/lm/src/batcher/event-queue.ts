import { onAbort } from "@deepgrain/support";
import type { BatcherEvent, BatcherStream } from "./batcher";

interface Reader {
  resolve(result: IteratorResult<BatcherEvent>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<BatcherEvent> = { done: true, value: undefined };

/** The events of one request, kept until they are read. */
export class EventQueue implements BatcherStream {
  private events: BatcherEvent[] = [];
  private readers: Reader[] = [];
  /** Continuations of which nothing more is wanted or will come. */
  private readonly closed = new Set<number>();
  /** Set once nothing more will come. */
  private ended: { error?: unknown; isError: boolean } | null = null;
  private readonly stopListening: () => void;

  /**
   * @param samples number of continuations
   * @param onLeave is called when events of a continuation, or of all of them, are no longer wanted
   */
  constructor(
    private readonly samples: number,
    private readonly onLeave: (sample?: number) => void,
    private readonly signal?: AbortSignal | undefined,
  ) {
    this.stopListening = onAbort(signal, () => this.abort());
  }

  /** Whether nothing more will come. */
  get isEnded(): boolean {
    return this.ended !== null;
  }

  /** Adds an event; ignored if its continuation has ended. The last continuation's end ends the stream. */
  push(event: BatcherEvent): void {
    if (this.ended || (event.type !== "prompt" && this.closed.has(event.sample))) return;
    const reader = this.readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else this.events.push(event);
    if (event.type === "end") this.finish(event.sample);
  }

  /** Ends the stream with an error, after the events that wait. */
  fail(error: unknown): void {
    this.end({ error, isError: true });
  }

  next(): Promise<IteratorResult<BatcherEvent>> {
    const event = this.events.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (!this.ended)
      return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
    const { isError, error } = this.ended;
    this.ended = { isError: false };
    return isError ? Promise.reject(error) : Promise.resolve(done);
  }

  return(): Promise<IteratorResult<BatcherEvent>> {
    this.events = [];
    if (!this.ended) this.onLeave();
    this.end({ isError: false });
    this.ended = { isError: false };
    return Promise.resolve(done);
  }

  stop(sample: number): void {
    if (this.ended || this.closed.has(sample)) return;
    this.events = this.events.filter((event) => event.type === "prompt" || event.sample !== sample);
    this.onLeave(sample);
    this.finish(sample);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private abort(): void {
    this.events = [];
    if (!this.ended) this.onLeave();
    this.fail(this.signal?.reason);
  }

  private finish(sample: number): void {
    this.closed.add(sample);
    if (this.closed.size === this.samples) this.end({ isError: false });
  }

  private end(how: { error?: unknown; isError: boolean }): void {
    if (this.ended) return;
    this.ended = how;
    this.stopListening();
    if (this.readers.length === 0) return;
    const [first, ...others] = this.readers.splice(0);
    if (how.isError) first!.reject(how.error);
    else first!.resolve(done);
    this.ended = { isError: false };
    for (const { resolve } of others) resolve(done);
  }
}
