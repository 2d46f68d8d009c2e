import type { Backend } from "../backend/backend";
import { setBackend, setDefaultBackend } from "../backends";
import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { createGpuBackend } from "../gpu";
import type { GpuOptions } from "../gpu/create-gpu-backend";
import { createWebGpuBackend } from "../webgpu";
import type { WebGpuOptions } from "../webgpu/create-web-gpu-backend";
import { measureStep, type StepSize, type StepTime, sampleOf } from "./measure-step";

/** The backend that was chosen, and why. */
export interface BackendChoice {
  readonly backend: Backend;
  /** In words: both times, or why there is only one. */
  readonly reason: string;
}

/** The conditions of a choice besides the size. */
export interface Circumstances {
  /** Makes the backend that is taken where the other one is not, the home of new tensors. */
  readonly useUsual: () => Backend;
  /** Opens the other backend; undefined where there can be none. */
  readonly open: (() => Promise<Backend>) | undefined;
  /** A clock, in milliseconds. */
  readonly now: () => number;
}

/** Milliseconds to wait for a device, and then for its first results. */
const PATIENCE_MS = 2000;
/** How many times as fast the other backend has to be. */
const LEAST_GAIN = 1.5;
/** Largest difference of products, relative to the largest number. */
const TOLERANCE = 1e-3;

const refusal = (message: string) => new TensorError("ERR_BACKEND", `tensor-gpu/${message}`);

/** The result, or an error once `PATIENCE_MS` have passed. */
async function soon<T>(waited: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `useBestBackend: ${what} took more than ${PATIENCE_MS / 1000} s`;
    timer = setTimeout(() => reject(refusal(message)), PATIENCE_MS);
  });
  try {
    return await Promise.race([waited, late]);
  } finally {
    clearTimeout(timer);
  }
}

function assertSame(name: string, result: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isSame = expected.every((value, i) => Math.abs(result[i]! - value) <= TOLERANCE * largest);
  if (!isSame) throw refusal(`useBestBackend: ${name} gave a wrong matrix product`);
}

const inWords = (milliseconds: number) => `${Number(milliseconds.toPrecision(2))} ms`;

/** Times of the other backend. Whoever is late is disposed as soon as it answers. */
async function measureOther(
  size: StepSize,
  expected: Float32Array,
  open: () => Promise<Backend>,
  now: () => number,
): Promise<{ backend: Backend; time: StepTime }> {
  const opening = open();
  let backend: Backend;
  try {
    backend = await soon(opening, "opening a device");
  } catch (error) {
    void opening.then(
      (late) => late.dispose(),
      () => {}, // The error is told already.
    );
    throw error;
  }
  try {
    let isFirst = () => {};
    const first = new Promise<void>((resolve) => {
      isFirst = resolve;
    });
    const measuring = measureStep(backend, sampleOf(size), now, (result) => {
      isFirst();
      assertSame(backend.name, result, expected);
    });
    measuring.catch(() => {}); // Nobody waits where the first result is late.
    await soon(Promise.race([first, measuring]), `compiling on ${backend.name}`);
    return { backend, time: await measuring };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}

/** Makes the choice. */
export async function chooseBackend(
  size: StepSize,
  { useUsual, open, now }: Circumstances,
): Promise<BackendChoice> {
  const usual = useUsual();
  const stay = (why: string) => ({ backend: usual, reason: `${usual.name}: ${why}` });
  if (!open) return stay("there is neither WebGPU nor WebGL here");
  try {
    const own = await measureStep(usual, sampleOf(size), now);
    const { backend, time } = await measureOther(size, own.result, open, now);
    const { adapter, renderer } = backend as { adapter?: string; renderer?: string };
    const where = adapter ?? renderer;
    const times =
      `a step takes about ${inWords(own.step)} on ${usual.name} and ${inWords(time.step)} on ${backend.name}` +
      `${where ? ` (${where})` : ""}`;
    if (time.step * LEAST_GAIN > own.step) {
      await backend.dispose();
      return stay(times);
    }
    setBackend(backend);
    return { backend, reason: `${backend.name}: ${times}` };
  } catch (error) {
    if (TensorError.isInstance(error) && ["ERR_BACKEND", "ERR_MEMORY"].includes(error.code))
      return stay(error.message);
    throw error;
  }
}

const hasWebGpu = () =>
  (globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu !== undefined;
const isBrowser = () => "OffscreenCanvas" in globalThis || "document" in globalThis;

/**
 * Chooses the fastest backend for a model of this size by a short measurement, and creates new tensors on it. It times a
 * product of the model's width and a chain of 200 small kernels, on the default backend (usually `wasm`) and on WebGPU, or
 * on WebGL by gpu.js in a browser without WebGPU, after a first run whose result is checked; estimates a step from both; and
 * leaves the default only for a step at least 1.5 times as fast. To force a backend, use `useWebGpu` or `setBackend`.
 *
 * @param size trained numbers, and rows (tokens, examples) of a step, both above 0
 * @param options.device a `GPUDevice` to measure, needed in Node; by default one of `navigator.gpu`
 * @param options.memoryLimit, options.kernelLimit see `createWebGpuBackend` and `GpuOptions`
 * @returns the backend and the reason with both times, or why there is only one: no device, a wrong result, or more than 2 s of
 *   waiting for a device or a compiler
 * @throws {TensorError} `ERR_RANGE` for sizes that are not above 0
 */
export async function useBestBackend(
  size: StepSize,
  options: Pick<GpuOptions, "kernelLimit" | "memoryLimit"> & Pick<WebGpuOptions, "device"> = {},
): Promise<BackendChoice> {
  const { device, kernelLimit, memoryLimit, ...rest } = optionsOf("useBestBackend", options);
  refuseUnknown("useBestBackend", rest);
  const { parameters, rows } = optionsOf("useBestBackend", size);
  if (!(parameters > 0) || !(rows > 0))
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/useBestBackend: parameters and rows must be above 0, got ${parameters} and ${rows}`,
      { fields: { parameters, rows } },
    );
  const openWebGpu = () => createWebGpuBackend({ device, memoryLimit, allowSoftware: true });
  const openWebGl = () =>
    createGpuBackend({ kernelLimit, memoryLimit, mode: "webgl2", allowSoftware: true });
  const other = isBrowser() ? openWebGl : undefined;
  const open = device || hasWebGpu() ? openWebGpu : other;
  return chooseBackend(size, {
    useUsual: setDefaultBackend,
    open,
    now: () => performance.now(),
  });
}
