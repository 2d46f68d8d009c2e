import { browserHelperSource, nodeHelperSource } from "./helper-source";
import { later, nodeModule } from "./host";

/** A started thread. */
export interface Helper {
  terminate(): unknown;
}

interface NodeWorker extends Helper {
  on(event: "error", listener: () => void): void;
  unref(): void;
}

interface WorkerThreads {
  Worker: new (source: string, options: Record<string, unknown>) => NodeWorker;
  SHARE_ENV: symbol;
}

interface WebWorker extends Helper {
  postMessage(data: unknown): void;
}

interface WebGlobals {
  Worker?: new (url: string) => WebWorker;
  Blob?: new (parts: string[], options: { type: string }) => object;
  URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

function startInNode({ Worker, SHARE_ENV }: WorkerThreads, data: unknown): Helper {
  const worker = new Worker(nodeHelperSource, {
    eval: true,
    workerData: data,
    env: SHARE_ENV,
    execArgv: [],
    name: "tensor-gpu",
  });
  worker.on("error", () => {}); // a helper that cannot start is never counted as ready
  worker.unref();
  return worker;
}

/** Starts a helper thread; undefined where there are none (or a content policy forbids them). */
export function startHelper(data: unknown): Helper | undefined {
  try {
    const threads = nodeModule<WorkerThreads>("node:worker_threads");
    if (threads) return startInNode(threads, data);
    const { Worker, Blob, URL } = globalThis as unknown as WebGlobals;
    if (!Worker || !Blob) return undefined;
    const url = URL.createObjectURL(new Blob([browserHelperSource], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.postMessage(data);
    later(() => URL.revokeObjectURL(url), 10_000);
    return worker;
  } catch {
    return undefined;
  }
}
