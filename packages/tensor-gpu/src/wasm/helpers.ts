import { browserHelperSource, nodeHelperSource } from "./helper-source";
import { nodeModule } from "./host";

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
  onerror: (event: { preventDefault(): void }) => void;
  postMessage(data: unknown): void;
}

interface WebGlobals {
  Worker: new (url: string) => WebWorker;
  Blob: new (parts: string[], options: { type: string }) => object;
  URL: { createObjectURL(blob: object): string };
}

function startInNode(
  { Worker, SHARE_ENV }: WorkerThreads,
  data: unknown,
  onFailure: () => void,
): Helper {
  const worker = new Worker(nodeHelperSource, {
    eval: true,
    workerData: data,
    env: SHARE_ENV,
    execArgv: [],
    name: "tensor-gpu",
  });
  worker.on("error", onFailure);
  worker.unref();
  return worker;
}

/** Address of the helper's script, one for all helpers of this page. */
let helperUrl: string | undefined;

function startInBrowser(data: unknown, onFailure: () => void): Helper {
  const { Worker, Blob, URL } = globalThis as unknown as WebGlobals;
  helperUrl ??= URL.createObjectURL(new Blob([browserHelperSource], { type: "text/javascript" }));
  const worker = new Worker(helperUrl);
  worker.onerror = (event) => {
    event.preventDefault();
    onFailure();
  };
  worker.postMessage(data);
  return worker;
}

/**
 * Starts a helper thread. `onFailure` is called, at once or later, when there is no such thing here, when a content
 * policy forbids it, and when it stops by an error.
 */
export function startHelper(data: unknown, onFailure: () => void): Helper | undefined {
  try {
    const threads = nodeModule<WorkerThreads>("node:worker_threads");
    return threads ? startInNode(threads, data, onFailure) : startInBrowser(data, onFailure);
  } catch {
    onFailure();
    return undefined;
  }
}
