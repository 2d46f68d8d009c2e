import { signal } from "@preact/signals";
import { connectWorker, type WorkerConnection, type WorkerPort } from "../bridge/connect-worker";
import type { Methods } from "../bridge/messages";
import type { BackendChoice, EngineInfo, engineMethods } from "./engine-methods";
import { hasLostContext } from "./message-of";

/** The engine of the page's worker; null before it has started. */
export const engine = signal<EngineInfo | null>(null);

/** Where the visitor wants work to run. */
export const backend = signal<BackendChoice>("wasm");

/** Whether the page offers WebGPU to its visitor. */
export const offersWebGpu = signal(false);

/** Called when the visitor has chosen another backend, with all earlier work ended. */
let onBackend: (() => void) | undefined;

/** Chooses a backend: the worker ends, and the next work starts another. */
export function chooseBackend(choice: BackendChoice): void {
  if (choice === backend.value) return;
  backend.value = choice;
  engine.value = null;
  onBackend?.();
}

/** A worker that runs one piece of work at a time. */
export interface PageWorker<M extends Methods> {
  /** Ends what runs, then runs a method; see `WorkerConnection.run`. */
  run: WorkerConnection<M>["run"];
}

/**
 * The worker of a page: it starts with the first work, rests while the page is hidden and ends when the page is left. Work that
 * is asked for ends the work before it. A lost graphics processor ends the worker, and the next work starts another, after a loss
 * of WebGPU on WebAssembly.
 *
 * @param onEnd called when the worker has ended, and with it all that it held
 * @param options.isPlain whether the worker computes without an engine; it then has no method `engine`
 */
export function pageWorker<M extends Methods>(
  open: () => Worker,
  onEnd: () => void = () => {},
  { isPlain = false }: { isPlain?: boolean | undefined } = {},
): PageWorker<M> {
  const connection = connectWorker<M>(() => open() as WorkerPort);
  const engineOnly = connection as unknown as WorkerConnection<typeof engineMethods>;
  let current: AbortController | undefined;
  let opened: Promise<void> | undefined;
  const end = () => {
    current?.abort();
    connection.end();
    opened = undefined;
    onEnd();
  };
  addEventListener("pagehide", end);
  document.addEventListener("visibilitychange", () => connection.pause(document.hidden));
  connection.pause(document.hidden);
  onBackend = end;

  async function openEngine(): Promise<void> {
    for await (const info of engineOnly.run("engine", { backend: backend.value }))
      engine.value = info;
  }

  const run: PageWorker<M>["run"] = async function* (method, argument, signal) {
    current?.abort();
    const own = new AbortController();
    current = own;
    const stops = signal ? AbortSignal.any([own.signal, signal]) : own.signal;
    if (!isPlain) opened ??= openEngine();
    try {
      await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
    try {
      yield* connection.run(method, argument, stops);
    } catch (error) {
      if (hasLostContext(error)) {
        if (backend.value === "webgpu") backend.value = "wasm";
        engine.value = null;
        end();
      }
      throw error;
    }
  };
  return { run };
}
