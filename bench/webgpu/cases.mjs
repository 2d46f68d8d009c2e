// What is measured of a backend, one after another: a copy, products, training steps, a token and a prompt. It runs in Node and in
// pages alike.
import { setBackend } from "@deepgrain/tensor-gpu";
import { subjectsOf } from "./subjects.mjs";

/** Measures one case; what it throws is told in its place. */
async function attempt(measure) {
  try {
    return { found: await measure() };
  } catch (error) {
    return { found: { error: error.message }, isLost: error.fields?.isContextLost === true };
  }
}

/** A backend that is opened when it is first needed, and once more after its device was lost. */
function opener(open) {
  let backend;
  return {
    get: async () => (backend ??= setBackend(await open())),
    async close() {
      const closing = backend;
      backend = undefined;
      await closing?.dispose();
    },
  };
}

/**
 * Measures every case in the order of `worksOf`. A case that fails is told as failed, and the next one is measured; after a lost
 * device on another backend.
 *
 * @param {object} options
 * @param options.open opens the backend
 * @param options.kind the backend's name in the lines
 * @param options.sizes one of `webgpuSizes`
 * @param options.timing the clock, how long each case is measured, and how long a timed run takes at least
 * @param options.tell called with a line per case: `{ name, what, ms, counts }` or `{ name, what, error }`
 * @param {AbortSignal} [options.signal] ends the measuring before the next case
 */
export async function measureCases({ open, kind, sizes, timing, tell, signal }) {
  const backend = opener(open);
  try {
    for (const { works, make } of subjectsOf(sizes, timing)) {
      let subject;
      const measure = async (what) => {
        const opened = await backend.get();
        subject ??= make(opened);
        return subject.measure(what);
      };
      for (const what of works) {
        if (signal?.aborted) return;
        const { found, isLost } = await attempt(() => measure(what));
        tell({ name: kind, what, ...found });
        if (!isLost) continue;
        subject = undefined; // its tensors are lost as well
        await backend.close();
      }
      subject?.dispose();
    }
  } finally {
    await backend.close();
  }
}
