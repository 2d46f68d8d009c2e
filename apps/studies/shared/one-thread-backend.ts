import {
  type Backend,
  createBlasBackend,
  createWasmBackend,
  getBackend,
  setBackend,
} from "@deepgrain/tensor-gpu";

/** A backend of its own with one thread; null for those that have no threads to limit. @param name such as `wasm` */
function oneThreadBackend(name: string): Backend | null {
  if (name === "wasm") return createWasmBackend({ threads: 1 });
  return name === "blas" ? createBlasBackend({ threads: 1 }) : null;
}

let isLimited = false;

/** Limits the engine of this thread to one thread, if a run asks for that: the other cores have runs of their own. */
export function limitThreads(threads: number | undefined): void {
  if (threads !== 1 || isLimited) return;
  const name = process.env.DEEPGRAIN_BACKEND ?? "wasm";
  setBackend(oneThreadBackend(name) ?? name);
  isLimited = true;
}

/** Does some work with the engine on one thread. */
export async function onOneThread<T>(work: () => Promise<T>): Promise<T> {
  const before = getBackend();
  const single = oneThreadBackend(before.name) ?? before;
  setBackend(single);
  try {
    return await work();
  } finally {
    setBackend(before);
    if (single !== before) await single.dispose();
  }
}
