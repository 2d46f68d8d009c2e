// node webgpu.mjs <threads> <adapter|webgpu|wasm|gpu> [hardware|software]: the cases of the webgpu part on one backend, with the work
// that `webgpu` counts. `gpu` is gpu.js in its mode webgpu. Prints a line of JSON per case.
import { nodeGpu } from "../node-gpu.mjs";
import { describeAdapter } from "../webgpu/adapter.mjs";
import { makersOf } from "../webgpu/backends.mjs";
import { measureCases } from "../webgpu/cases.mjs";
import { clockOn } from "../webgpu/queued-time.mjs";
import { webgpuSizes } from "../webgpu/sizes.mjs";

const [threads, kind, hardware = "hardware"] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

if (kind !== "wasm") {
  const found = await describeAdapter(await nodeGpu());
  if (kind === "adapter") {
    tell(found ?? { missing: "this machine has no adapter for WebGPU" });
    process.exit(0);
  }
}
const sizes = webgpuSizes[hardware];
const { seconds, leastMs } = sizes;
await measureCases({
  open: makersOf({ threads: Number(threads), allowSoftware: hardware === "software" })[kind],
  kind,
  sizes,
  timing: { clock: clockOn(hardware), seconds, leastMs },
  tell,
});
process.exit(0); // Dawn keeps the process alive
