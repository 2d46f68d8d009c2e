import { nodeModule } from "../host";
import { browserHelperSource, nodeHelperSource } from "./helper-source";

/** A started thread. */
export interface Helper {
  terminate(): unknown;
}

/** Why a helper was lost: it could not start, it stopped with an error, or it ended, perhaps during a kernel. */
export type Loss = "failed" | "gone";

interface NodeWorker extends Helper {
  on(event: "error" | "exit", listener: () => void): void;
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
  onLoss: (loss: Loss) => void,
): Helper {
  const worker = new Worker(nodeHelperSource, {
    eval: true,
    workerData: data,
    env: SHARE_ENV,
    execArgv: [],
    name: "tensor-gpu",
  });
  let loss: Loss = "gone";
  worker.on("error", () => {
    loss = "failed";
  });
  worker.on("exit", () => onLoss(loss)); // Also follows an error.
  worker.unref();
  return worker;
}

/** Address of the helper's script, one for all helpers of this page. */
let helperUrl: string | undefined;

function startInBrowser(data: unknown, onLoss: (loss: Loss) => void): Helper {
  const { Worker, Blob, URL } = globalThis as unknown as WebGlobals;
  helperUrl ??= URL.createObjectURL(new Blob([browserHelperSource], { type: "text/javascript" }));
  const worker = new Worker(helperUrl);
  worker.onerror = (event) => {
    event.preventDefault();
    onLoss("failed");
  };
  worker.postMessage(data);
  return worker;
}

/**
 * Starts a helper thread. `onLoss` is called, at once or later, when threads are not available, when a content policy
 * forbids it, and when it stops.
 */
export function startHelper(data: unknown, onLoss: (loss: Loss) => void): Helper | undefined {
  try {
    const threads = nodeModule<WorkerThreads>("node:worker_threads");
    return threads ? startInNode(threads, data, onLoss) : startInBrowser(data, onLoss);
  } catch {
    onLoss("failed");
    return undefined;
  }
}
