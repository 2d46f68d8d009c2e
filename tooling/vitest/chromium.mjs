// The browser that tests drive: Debian's package `chromium`, or what `DEEPGRAIN_CHROMIUM` points to.
import { existsSync } from "node:fs";

const places = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** Path of the executable, undefined where there is none. */
export const chromium =
  process.env.DEEPGRAIN_CHROMIUM || places.find((path) => existsSync(path)) || undefined;

let wasSaid = false;

/** Says, once a run, that there is none and what to install. */
export function sayIfChromiumIsMissing() {
  if (chromium || wasSaid) return;
  wasSaid = true;
  process.stderr.write(
    "No Chromium here: tests in browsers are skipped. Run `apt-get install chromium` (Debian), or let DEEPGRAIN_CHROMIUM point to one.\n",
  );
}

/** Arguments for WebGL 2 and WebGPU without a graphics card: SwiftShader draws on the processor. */
export const softwareWebGl = [
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];
