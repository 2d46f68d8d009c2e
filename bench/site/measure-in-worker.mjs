// One backend measured by a thread of its own.

/** Threads that `wasm` may use in this page: all cores where memory can be shared. */
export const threadsHere = () =>
  globalThis.crossOriginIsolated ? (navigator.hardwareConcurrency ?? 1) : 1;

/**
 * @param {string | URL} script of `worker.mjs`, bundled
 * @param {object} request `{ kind, hardware, threads }`
 * @param {object} options
 * @param {(line: object) => void} options.tell called with each line of `measureCases`
 * @param {AbortSignal} [options.signal] ends the thread at once, and rejects with its reason
 * @returns {Promise<void>} when all cases were told
 */
export async function measureInWorker(script, request, { tell, signal }) {
  signal?.throwIfAborted();
  const worker = new Worker(script, { type: "module" });
  try {
    await new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.onerror = ({ message }) => reject(new Error(message ?? "the thread did not start"));
      worker.onmessage = ({ data: { line, problem, isDone } }) => {
        if (line) tell(line);
        if (problem) reject(new Error(problem));
        if (isDone) resolve();
      };
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}
