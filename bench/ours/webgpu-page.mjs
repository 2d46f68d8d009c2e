// What webgpu-chromium.mjs runs in a page.
import { measureInWorker, threadsHere } from "../site/measure-in-worker.mjs";
import { describeAdapter } from "../webgpu/adapter.mjs";

/** The page's adapter and threads, or the lines of one backend. */
globalThis.webgpuHere = async (kind, hardware) => {
  const threads = threadsHere();
  if (kind === "adapter") {
    const found = await describeAdapter(navigator.gpu);
    return found && { ...found, threads };
  }
  const lines = [];
  const tell = (line) => lines.push(line);
  await measureInWorker("/worker.js", { kind, hardware, threads }, { tell });
  return lines;
};
