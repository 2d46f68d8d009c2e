// The thread that measures one backend, so that the page can go on drawing and may end it at any time.
import { makersOf } from "../webgpu/backends.mjs";
import { measureCases } from "../webgpu/cases.mjs";
import { webgpuSizes } from "../webgpu/sizes.mjs";

/** Milliseconds of a timed run at least: a page's clock may be as coarse as one. */
const LEAST_MS = 20;

globalThis.onmessage = async ({ data: { kind, hardware, threads } }) => {
  const sizes = webgpuSizes[hardware];
  try {
    await measureCases({
      open: makersOf({ threads, allowSoftware: hardware === "software" })[kind],
      kind,
      sizes,
      timing: { clock: () => performance.now(), seconds: sizes.seconds, leastMs: LEAST_MS },
      tell: (line) => postMessage({ line }),
    });
    postMessage({ isDone: true });
  } catch ({ message }) {
    postMessage({ problem: message });
  }
};
