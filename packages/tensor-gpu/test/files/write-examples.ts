import { join } from "node:path";
import type { NamedTensors } from "../../src/files";
import { temporaryFolder } from "./temporary-folder";

/** 0, step, 2·step and so on. */
export const ramp = (length: number, step = 1) => Float32Array.from({ length }, (_, i) => i * step);
/** Three tensors of 24, 4 and 16 bytes. */
export const tensors: NamedTensors = new Map([
  ["a", { shape: [2, 3], data: ramp(6, 1 / 3) }],
  ["b", { shape: [], data: ramp(1) }],
  ["c", { shape: [4], data: ramp(4, -7.1) }],
]);

/** An empty folder and the path of a file to be written in it. */
export const target = async () => {
  const folder = await temporaryFolder();
  return { folder, path: join(folder, "model.safetensors") };
};
