/** @file The thread in which programs run, in Node and in pages. It answers one job at a time. */
import type { Answer, Job, Outcome } from "../job";
import { type Engine, engineMaker } from "./engine";
import { eraseTypes } from "./erase-types";
import { runJob } from "./run-job";

/** Largest program, in UTF-16 units. */
const LARGEST = 2 ** 20;

interface Port {
  postMessage(answer: Answer): void;
  onJob(listen: (job: Job) => void): void;
}

type Builtins = { getBuiltinModule?: (id: string) => unknown } | undefined;

/** The way to the thread that started this one. */
function portOf(): Port {
  const builtins = (globalThis as { process?: Builtins }).process;
  const threads = builtins?.getBuiltinModule?.("node:worker_threads") as
    | {
        parentPort: {
          postMessage(value: unknown): void;
          on(name: string, f: (value: Job) => void): void;
        } | null;
      }
    | undefined;
  const parent = threads?.parentPort;
  if (parent)
    return {
      postMessage: (answer) => parent.postMessage(answer),
      onJob: (listen) => parent.on("message", listen),
    };
  const page = globalThis as unknown as {
    postMessage(value: unknown): void;
    addEventListener(name: string, f: (event: { data: Job }) => void): void;
  };
  return {
    postMessage: (answer) => page.postMessage(answer),
    onJob: (listen) => page.addEventListener("message", (event) => listen(event.data)),
  };
}

async function outcomeOf(
  job: Job,
  engine: (memoryBytes: number) => Promise<Engine>,
): Promise<Outcome> {
  const { code, language } = job.program;
  const nothing = { output: "" };
  if (!/^(?:javascript|typescript)$/i.test(language))
    return {
      ...nothing,
      verdict: "unsupported",
      message: `programs in ${language} cannot be run here`,
    };
  if (code.length > LARGEST)
    return { ...nothing, verdict: "error", message: `it has more than ${LARGEST} characters` };
  let script = code;
  if (/^typescript$/i.test(language))
    try {
      script = await eraseTypes(code);
    } catch (error) {
      const { message, isMissing } = error as Error & { isMissing?: boolean };
      return { ...nothing, verdict: isMissing === true ? "unsupported" : "error", message };
    }
  const { memoryBytes } = job.limits;
  const own = { ...job, program: { language, code: script } };
  const tell = (share: number) => port.postMessage({ type: "used", id: job.id, share });
  return runJob(await engine(memoryBytes), own, tell);
}

const port = portOf();
const engines = engineMaker();
// Nothing is awaited before: a page's worker loses the messages that come while nobody listens.
port.onJob(async (job) => {
  const make = await engines.catch(() => undefined);
  if (make === undefined) return;
  port.postMessage({ type: "outcome", id: job.id, outcome: await outcomeOf(job, make) });
});
engines.then(
  () => port.postMessage({ type: "ready" }),
  (error) =>
    port.postMessage({
      type: "missing",
      message: error instanceof Error ? error.message : String(error),
    }),
);
