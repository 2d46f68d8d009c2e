import { having, LmError } from "../errors";
import type { Batcher, BatcherNumbers, BatcherRequest, BatcherStream } from "./batcher";
import { EventQueue } from "./event-queue";
import { type Answer, type BatcherPort, type Question, receivedError } from "./port";

/** Returns a port to a thread that calls `serveBatcher`, and starts the thread if there is none. */
export type OpenPort = () => BatcherPort | Promise<BatcherPort>;

/** How often a thread that has ended is started again, unless it has completed a request meanwhile. */
const SPARE_STARTS = 1;

/** Answers to a question about numbers. */
interface Asking {
  resolve(numbers: BatcherNumbers): void;
  reject(error: unknown): void;
}

const gone = () => new LmError("ERR_STATE", "lm/connectBatcher: the thread of the model has ended");

/** Requests and questions on their way through one port. */
class Connection {
  readonly streams = new Map<number, EventQueue>();
  readonly asking = new Map<number, Asking>();
  /** Whether a request was completed. */
  hasServed = false;
  isLost = false;

  constructor(private readonly port: BatcherPort) {
    port.addEventListener("message", this.take);
    port.addEventListener("close", this.lose);
    port.addEventListener("error", this.lose);
    port.start?.();
    port.unref?.();
  }

  send(question: Question): void {
    this.port.postMessage(question);
    this.holdProcess();
  }

  /** Fails all that waits. */
  fail(error: () => unknown): void {
    for (const stream of this.streams.values()) stream.fail(error());
    for (const { reject } of this.asking.values()) reject(error());
    this.streams.clear();
    this.asking.clear();
    this.holdProcess();
  }

  close(): void {
    this.port.removeEventListener("message", this.take);
    this.port.removeEventListener("close", this.lose);
    this.port.removeEventListener("error", this.lose);
    this.port.close?.();
  }

  /** The port keeps a process alive only while something is on its way. */
  holdProcess(): void {
    if (this.streams.size + this.asking.size > 0) this.port.ref?.();
    else this.port.unref?.();
  }

  private readonly lose = (): void => {
    if (this.isLost) return;
    this.isLost = true;
    this.close();
    this.fail(gone);
  };

  private readonly take = ({ data }: { data?: unknown }): void => {
    const answer = data as Answer;
    const stream = this.streams.get(answer.id);
    if (answer.type === "numbers") {
      this.asking.get(answer.id)?.resolve(answer.numbers);
      this.asking.delete(answer.id);
    } else if (answer.type === "event") stream?.push(answer.event);
    else stream?.fail(receivedError(answer.error));
    if (stream?.isEnded) {
      this.streams.delete(answer.id);
      this.hasServed ||= answer.type === "event";
    }
    this.holdProcess();
  };
}

/** A batcher in another thread. */
class RemoteBatcher implements Batcher {
  private connection: Promise<Connection> | null = null;
  private next = 0;
  private isClosed = false;

  /** @param spareStarts how often a thread may be started again before it has completed a request */
  constructor(
    private readonly open: OpenPort,
    private spareStarts: number,
  ) {}

  generate(request: BatcherRequest): BatcherStream {
    const id = this.next++;
    const samples = Number.isSafeInteger(request?.samples) ? request.samples! : 1;
    const leave = (sample?: number) =>
      void this.connection?.then((connection) => {
        if (!connection.streams.has(id)) return;
        if (sample === undefined) connection.streams.delete(id);
        connection.send({ type: "leave", id, sample });
      });
    const stream = new EventQueue(samples, leave, request?.signal);
    this.start(id, request, stream).catch((error: unknown) => stream.fail(error));
    return stream;
  }

  async numbers(): Promise<BatcherNumbers> {
    const id = this.next++;
    const connection = await this.connected();
    return new Promise((resolve, reject) => {
      connection.asking.set(id, { resolve, reject });
      connection.send({ type: "numbers", id });
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const connection = await this.connection?.catch(() => null);
    connection?.fail(() => new LmError("ERR_STATE", "lm/connectBatcher: the batcher was closed"));
    connection?.close();
  }

  private async start(id: number, request: BatcherRequest, stream: EventQueue): Promise<void> {
    const { signal, logitsProcessors, sampler, stoppingCriteria, constraint, ...others } = request;
    const sent = {
      ...others,
      jsonSchema: others.jsonSchema ?? constraint?.jsonSchema,
      toolRules: others.toolRules ?? constraint?.toolRules,
    };
    const isData =
      constraint === undefined || sent.jsonSchema !== undefined || sent.toolRules !== undefined;
    if (logitsProcessors || sampler || stoppingCriteria || !isData)
      throw new LmError(
        "ERR_ARGUMENT",
        "lm/connectBatcher: functions cannot be sent to another thread: logitsProcessors, sampler, stoppingCriteria, constraint without a JSON schema or rules of tools",
      );
    signal?.throwIfAborted();
    const connection = await this.connected();
    if (stream.isEnded) return;
    connection.streams.set(id, stream);
    connection.send({ type: "generate", id, request: sent });
  }

  /** The connection; a new one if the thread has ended. */
  private async connected(): Promise<Connection> {
    for (;;) {
      if (this.isClosed) throw new LmError("ERR_STATE", "lm/connectBatcher: the batcher is closed");
      this.connection ??= this.connect();
      const current = this.connection;
      const found = await current;
      if (!found.isLost) return found;
      if (this.connection !== current) continue; // another request has seen it before
      if (found.hasServed) this.spareStarts = SPARE_STARTS;
      if (this.spareStarts === 0) throw gone();
      this.spareStarts--;
      this.connection = null;
    }
  }

  private connect(): Promise<Connection> {
    const connection = Promise.resolve(this.open()).then((port) => new Connection(port));
    connection.catch(() => {
      if (this.spareStarts === 0) return; // later requests fail in the same way
      this.spareStarts--;
      this.connection = null;
    });
    return connection;
  }
}

/**
 * A batcher in another thread, where `serveBatcher` offers it. Fields of requests that hold functions cannot be sent.
 * `close()` ends the connection and its requests, not the other side's batcher.
 *
 * When the thread ends, its streams throw `ERR_STATE`. The next request then calls the function again, once; and once
 * more whenever a request has been completed since, so that a thread which always ends is not started for ever.
 *
 * @param port a port, or a function that starts the thread and returns a port to it
 */
export function connectBatcher(port: BatcherPort | OpenPort): Batcher {
  if (typeof port === "function") return new RemoteBatcher(port, SPARE_STARTS);
  having("connectBatcher", "port", port, "postMessage", "addEventListener");
  return new RemoteBatcher(() => port, 0);
}
