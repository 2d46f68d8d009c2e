import type { Backend } from "../backend/backend";
import { setBackend, setDefaultBackend } from "../backends";
import { optionsOf, refuseUnknown, TensorError } from "../errors";
import type { GpuBackend, GpuOptions } from "./create-gpu-backend";
import { createGpuBackend } from "./index";

/** The size of a training step. */
export interface StepSize {
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Tokens, or examples, per step. */
  readonly rows: number;
}

/** The backend that was chosen, and why. */
export interface BackendChoice {
  readonly backend: Backend;
  /** In words: what runs, or why it is not a GPU. */
  readonly reason: string;
}

/** Multiply-adds of a forward pass from which a model counts as large: d 256 with 2048 tokens does, d 128 does not. */
const LARGE = 2 ** 31;

/** Makes the choice. @param open tries to open a GPU; undefined where there can be none */
export async function chooseBackend(
  { parameters, rows }: StepSize,
  open: (() => Promise<GpuBackend>) | undefined,
): Promise<BackendChoice> {
  const usual = (why: string): BackendChoice => {
    const backend = setDefaultBackend();
    return { backend, reason: `${backend.name}: ${why}` };
  };
  if (!open) return usual("outside browsers a graphics processor is taken only when asked for");
  if (parameters * rows < LARGE)
    return usual(
      `${parameters} parameters on ${rows} rows are too few for a graphics processor to pay (from 2³¹ products on)`,
    );
  try {
    const backend = await open();
    setBackend(backend);
    return { backend, reason: `gpu: ${backend.mode} on ${backend.renderer}` };
  } catch (error) {
    if (TensorError.isInstance(error) && error.code === "ERR_BACKEND") return usual(error.message);
    throw error;
  }
}

const isBrowser = () => "OffscreenCanvas" in globalThis || "document" in globalThis;

/**
 * Chooses a backend for a model of this size and creates new tensors on it: `gpu` in a browser (or a worker of one)
 * whose WebGL 2 runs on a GPU, when the model is large and gpu.js is installed; otherwise the default backend,
 * usually `wasm`. A renderer that computes on the CPU does not count as a GPU. The result reports what was chosen and
 * why. To force a backend, use `useGPU` or `setBackend`.
 *
 * @param size trained numbers, and rows (tokens, examples) of a step, both whole and above 0; the model counts as large
 *   from 2³¹ products parameters·rows on, a bound that was estimated and not measured on GPUs
 * @param options see `GpuOptions`
 * @returns the backend and the reason, in words
 * @throws {TensorError} `ERR_RANGE` for sizes that are not above 0
 */
export async function useBestBackend(
  size: StepSize,
  options: Pick<GpuOptions, "kernelLimit" | "memoryLimit"> = {},
): Promise<BackendChoice> {
  const { kernelLimit, memoryLimit, ...rest } = optionsOf("useBestBackend", options);
  refuseUnknown("useBestBackend", rest);
  const { parameters, rows } = optionsOf("useBestBackend", size);
  if (!(parameters > 0) || !(rows > 0))
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/useBestBackend: parameters and rows must be above 0, got ${parameters} and ${rows}`,
      { fields: { parameters, rows } },
    );
  const open = () =>
    createGpuBackend({ kernelLimit, memoryLimit, mode: "webgl2", allowSoftware: false });
  return chooseBackend(size, isBrowser() ? open : undefined);
}
