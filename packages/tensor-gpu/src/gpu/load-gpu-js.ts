import { TensorError } from "../errors";
import type { GpuJs } from "./gpu-js";

type Importer = () => Promise<unknown>;

/** How to install it: the overrides leave out two native packages that this backend does not use. */
const ADVICE =
  "install it with `npm i gpu.js@2.24.1`, and see the README for the overrides that spare its native packages";

/**
 * gpu.js, an optional peer dependency, imported on first use.
 *
 * @throws {TensorError} `ERR_BACKEND` where it is not installed or is an incompatible version
 */
export async function loadGpuJs(importPackage?: Importer): Promise<GpuJs> {
  let found: unknown;
  try {
    // Awaited directly inside the try, so that bundlers recognise that it may be missing.
    found = importPackage ? await importPackage() : await import("gpu.js" as string);
  } catch (cause) {
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/gpu: the package gpu.js cannot be loaded; ${ADVICE}`,
      { cause },
    );
  }
  // A CommonJS package: its names are on the default export under some loaders, on the global GPU under others.
  const { default: inner, GPU } = found as {
    default?: Partial<GpuJs> | undefined;
    GPU?: unknown | undefined;
  };
  for (const candidate of [found, inner, GPU]) if (isGpuJs(candidate)) return candidate;
  throw new TensorError(
    "ERR_BACKEND",
    `tensor-gpu/gpu: the package gpu.js has not the expected exports GPU and input; ${ADVICE}`,
  );
}

const isGpuJs = (value: unknown): value is GpuJs =>
  typeof (value as Partial<GpuJs> | undefined)?.GPU === "function" &&
  typeof (value as Partial<GpuJs>).input === "function";
