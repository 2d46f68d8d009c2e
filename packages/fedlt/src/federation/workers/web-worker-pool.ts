import { FedError, functionOf, having, optionsOf, refuseUnknown, whole } from "../../errors";
import type { FitTask } from "../runtime/task";
import type { WorkerAnswer, WorkerPool } from "./worker-transport";

/** The part of a web `Worker` that is used here. */
export interface WebWorker {
  postMessage(message: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: browsers and other runtimes have their own event types
  addEventListener(type: "message" | "error", listener: (event: any) => void): void;
  terminate(): void;
}

/** A message between a pool and a worker. */
type WorkerMessage =
  | { readonly type: "task"; readonly id: number; readonly task: unknown }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "answer"; readonly id: number; readonly answer: WorkerAnswer };

/** Options of `webWorkerPool`. */
export interface WebWorkerPoolOptions {
  /** Makes a worker: `() => new Worker(new URL("./worker.js", import.meta.url), { type: "module" })`; its file calls `serveTrain`. */
  readonly create: () => WebWorker;
  /** Workers, made when they are needed. Default: the processors of the machine, 4 where that is not known. */
  readonly size?: number | undefined;
}

/** A task that waits for its answer. */
interface Job {
  readonly task: unknown;
  resolve(answer: WorkerAnswer): void;
  reject(error: unknown): void;
  isOver: boolean;
}

/** A task that ends by its answer, or by its signal: then `cancel` is told. */
function jobOf(
  task: unknown,
  { resolve, reject }: Pick<Job, "resolve" | "reject">,
  signal: AbortSignal | undefined,
  cancel: (job: Job) => void,
): Job {
  signal?.throwIfAborted();
  const onAbort = () => {
    job.isOver = true;
    cancel(job);
    reject(signal?.reason);
  };
  const settled = () => signal?.removeEventListener("abort", onAbort);
  const job: Job = {
    task,
    resolve: (answer) => {
      settled();
      resolve(answer);
    },
    reject: (error) => {
      settled();
      reject(error);
    },
    isOver: false,
  };
  signal?.addEventListener("abort", onAbort);
  return job;
}

const processors = (): number | undefined =>
  (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;

/**
 * A pool of web workers for `workerTransport`: in pages and wherever else there is `Worker`. A worker that ends by an
 * error is replaced, and its task fails.
 *
 * @throws {FedError} `ERR_RANGE` for a size below 1
 */
export function webWorkerPool(options: WebWorkerPoolOptions): WorkerPool & { destroy(): void } {
  const { create, size = processors() ?? 4, ...rest } = optionsOf("webWorkerPool", options);
  refuseUnknown("webWorkerPool", rest);
  functionOf("webWorkerPool", "create", create);
  whole("webWorkerPool", "size", size, { min: 1 });
  const idle: WebWorker[] = [];
  const queue: Job[] = [];
  const busy = new Map<WebWorker, { id: number; job: Job }>();
  let ids = 0;

  function add(): WebWorker {
    const worker = create();
    worker.addEventListener("message", ({ data }: { data: WorkerMessage }) => {
      const own = busy.get(worker);
      if (data.type !== "answer" || data.id !== own?.id) return;
      busy.delete(worker);
      idle.push(worker);
      own.job.resolve(data.answer);
      next();
    });
    worker.addEventListener("error", ({ message }: { message?: string }) => {
      const own = busy.get(worker);
      busy.delete(worker);
      worker.terminate();
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
      own?.job.reject(
        new FedError(
          "ERR_TRANSPORT",
          `fedlt/webWorkerPool: a worker ended: ${message ?? "no reason"}`,
        ),
      );
      next();
    });
    return worker;
  }

  function next(): void {
    while (queue.length > 0) {
      if (queue[0]!.isOver) {
        queue.shift();
        continue;
      }
      const worker = idle.pop() ?? (busy.size < size ? add() : undefined);
      if (!worker) return;
      const job = queue.shift()!;
      const id = ids++;
      busy.set(worker, { id, job });
      worker.postMessage({ type: "task", id, task: job.task } satisfies WorkerMessage);
    }
  }

  function cancel(job: Job): void {
    for (const [worker, own] of busy)
      if (own.job === job)
        worker.postMessage({ type: "cancel", id: own.id } satisfies WorkerMessage);
  }

  return {
    run: (task, { signal }) =>
      new Promise((resolve, reject) => {
        const job = jobOf(task, { resolve, reject }, signal, cancel);
        queue.push(job);
        next();
      }),
    destroy: () => {
      for (const worker of [...idle, ...busy.keys()]) worker.terminate();
      for (const { job } of [...busy.values(), ...queue.map((one) => ({ job: one }))])
        job.reject(new FedError("ERR_TRANSPORT", "fedlt/webWorkerPool: the pool was destroyed"));
      idle.length = 0;
      queue.length = 0;
      busy.clear();
    },
  };
}

/** The part of a web worker's global scope that is used here. */
export interface WorkerScope {
  postMessage(message: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: browsers and other runtimes have their own event types
  addEventListener(type: "message", listener: (event: any) => void): void;
}

/**
 * Answers the tasks of a `webWorkerPool`: a worker's file calls `serveTrain(workerTrain(createTrainer(…)))`.
 * @param scope default: the worker's own
 */
export function serveTrain(
  train: (task: FitTask, options?: { signal?: AbortSignal | undefined }) => Promise<WorkerAnswer>,
  scope: WorkerScope = globalThis as unknown as WorkerScope,
): void {
  functionOf("serveTrain", "train", train);
  having("serveTrain", "scope", scope, "addEventListener", "postMessage");
  const running = new Map<number, AbortController>();
  scope.addEventListener("message", async ({ data }: { data: WorkerMessage }) => {
    if (data.type === "cancel") running.get(data.id)?.abort(new Error("the task was cancelled"));
    if (data.type !== "task") return;
    const { id, task } = data;
    const stopper = new AbortController();
    running.set(id, stopper);
    const answer = await train(task as FitTask, { signal: stopper.signal });
    running.delete(id);
    scope.postMessage({ type: "answer", id, answer } satisfies WorkerMessage);
  });
}
