// node webgpu-chromium.mjs <threads> <adapter|webgpu|wasm|gpu> [hardware|software]: what webgpu.mjs measures, in a page of Chromium by
// the wall's clock; the page finds its number of threads by itself. Prints a line of JSON per case.
import { fileURLToPath } from "node:url";
import { softwareWebGl } from "@deepgrain/vitest/chromium";
import { bundle, inChromium } from "./page-in-chromium.mjs";

const [, kind, hardware = "hardware"] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));
const textOf = (path) => bundle(fileURLToPath(new URL(path, import.meta.url)));

/** Chromium finds no graphics processor on Linux but by Vulkan. */
const hardwareWebGpu = [
  "--enable-unsafe-webgpu",
  ...(process.platform === "linux" ? ["--enable-features=Vulkan"] : []),
];

const worker = ["text/javascript", await textOf("../site/worker.mjs")];
await inChromium(
  await textOf("./webgpu-page.mjs"),
  async (webgpuHere, version) => {
    const found = await webgpuHere(kind, hardware);
    if (kind !== "adapter") return found.forEach(tell);
    if (found) return tell({ ...found, browser: `Chromium ${version}` });
    tell({ missing: `Chromium ${version} has no adapter for WebGPU here` });
  },
  {
    name: "webgpuHere",
    read: (path) => (path === "/worker.js" ? worker : undefined),
    args: hardware === "software" ? softwareWebGl : hardwareWebGpu,
  },
);
