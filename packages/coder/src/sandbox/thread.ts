import type { Answer, Job } from "./job";

/** A thread of Node or of a page. */
export interface Thread {
  post(job: Job): void;
  /** Answers, and the thread's end with its reason. */
  listen(onAnswer: (answer: Answer) => void, onEnd: (reason: string) => void): void;
  end(): void;
}

type Builtins = { getBuiltinModule?: (id: string) => unknown } | undefined;

interface NodeThread {
  postMessage(job: Job): void;
  on(name: string, listen: (value: never) => void): void;
  terminate(): Promise<number>;
  ref(): void;
  unref(): void;
}

type NodeThreads = {
  Worker: new (url: URL, options: object) => NodeThread;
};

function startInNode({ Worker }: NodeThreads, url: URL): Thread {
  const worker = new Worker(url, { name: "coder-sandbox", env: {}, stdout: true, stderr: true });
  worker.unref();
  return {
    post(job) {
      worker.ref();
      worker.postMessage(job);
    },
    listen(onAnswer, onEnd) {
      worker.on("message", (answer: Answer) => {
        if (answer.type === "outcome") worker.unref();
        onAnswer(answer);
      });
      worker.on("error", (error: Error) => onEnd(error.message));
      worker.on("exit", (code: number) => onEnd(`its thread ended with code ${code}`));
    },
    end: () => void worker.terminate(),
  };
}

interface PageWorker {
  postMessage(job: Job): void;
  addEventListener(name: string, listen: (event: never) => void): void;
  terminate(): void;
}

function startInPage(url: URL): Thread {
  const { Worker } = globalThis as unknown as {
    Worker: new (url: URL, options: object) => PageWorker;
  };
  const worker = new Worker(url, { type: "module", name: "coder-sandbox" });
  return {
    post: (job) => worker.postMessage(job),
    listen(onAnswer, onEnd) {
      worker.addEventListener("message", ({ data }: { data: Answer }) => onAnswer(data));
      worker.addEventListener("error", ({ message }: { message?: string }) =>
        onEnd(message ?? "its worker could not be loaded"),
      );
    },
    end: () => worker.terminate(),
  };
}

/** Starts a thread from a module. */
export function startThread(url: URL): Thread {
  const { process } = globalThis as { process?: Builtins };
  const threads = process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;
  return threads === undefined ? startInPage(url) : startInNode(threads, url);
}
