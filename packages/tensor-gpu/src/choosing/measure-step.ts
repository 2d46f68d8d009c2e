import type { Backend } from "../backend/backend";
import type { GemmShape } from "../backend/kernels";
import type { View } from "../backend/view";

/** The size of a training step. */
export interface StepSize {
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Tokens, or examples, per step. */
  readonly rows: number;
}

/** The work that is timed for a step: a product [rows, width]·[width, width], and how many of them a step multiplies. */
export interface Sample {
  readonly rows: number;
  readonly width: number;
  readonly products: number;
}

/** Kernels of the chain: about what a step of four layers launches. */
const CHAIN = 200;
/** Milliseconds that a measured run takes at least: clocks of pages may be as coarse as 1 ms. */
const LEAST_MS = 5;
const MOST_PRODUCTS = 256;
const RUNS = 3;
/** Multiply-adds of the measured product. */
const SAMPLE_PRODUCTS = 2 ** 24;

/** The sample of a decoder of four layers, of 12·width² parameters each. */
export function sampleOf({ parameters, rows }: StepSize): Sample {
  const side = Math.sqrt(parameters / 48);
  const width = Math.max(64, Math.min(1024, 64 * Math.round(side / 64)));
  const few = Math.max(64, Math.floor(SAMPLE_PRODUCTS / width ** 2));
  const sampled = Math.max(1, Math.min(rows, few));
  // Forward, and two products of the same size backward.
  return { rows: sampled, width, products: (3 * parameters * rows) / (sampled * width ** 2) };
}

const productShape = ({ rows, width }: Sample): GemmShape => ({
  m: rows,
  n: width,
  k: width,
  batch0: 1,
  batch1: 1,
  aRow: width,
  aCol: 1,
  aBatch0: 0,
  aBatch1: 0,
  bRow: 1,
  bCol: width,
  bBatch0: 0,
  bBatch1: 0,
  cRow: width,
  cBatch0: 0,
  cBatch1: 0,
  accumulate: false,
});

/** Memory of a sample on a backend. */
function operandsOn(backend: Backend, { rows, width }: Sample) {
  const made: View[] = [];
  const view = (shape: readonly number[]): View => {
    const size = shape.reduce((a, b) => a * b, 1);
    const storage = { handle: backend.allocate(4 * size) };
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
    const given: View = { storage, offset: 0, shape, strides, dtype: "float32", size };
    made.push(given);
    return given;
  };
  const free = () => {
    for (const { storage, size } of made) backend.free(storage.handle, 4 * size);
  };
  try {
    const [x, weight, y] = [view([rows, width]), view([width, width]), view([rows, width])];
    const filled = ({ size }: View, step: number) =>
      Float32Array.from({ length: size }, (_, i) => ((i * step) % 17) / 16 - 0.5);
    backend.upload(x, filled(x, 7));
    backend.upload(weight, filled(weight, 5));
    const first = { ...y, shape: [1, 1], strides: [1, 1], size: 1 };
    return { x, weight, y, first, free };
  } catch (error) {
    free();
    throw error;
  }
}

/** The measured times of a backend. */
export interface StepTime {
  /** Estimated milliseconds of a step. */
  readonly step: number;
  /** Milliseconds of one product, and of the chain of small kernels. */
  readonly product: number;
  readonly chain: number;
  /** Results of the product. */
  readonly result: Float32Array;
}

const medianOf = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

/**
 * Times a product and a chain of small kernels that ends with a read, each the median of three, and estimates a step.
 *
 * @param now a clock, in milliseconds
 * @param accept called with the product after the first runs, which compile; what it throws ends the measurement
 */
export async function measureStep(
  backend: Backend,
  sample: Sample,
  now: () => number,
  accept: (result: Float32Array) => void = () => {},
): Promise<StepTime> {
  const { x, weight, y, first, free } = operandsOn(backend, sample);
  const shape = productShape(sample);
  const timed = async (count: number, launch: () => void) => {
    const start = now();
    for (let i = 0; i < count; i++) launch();
    await backend.read(first);
    return now() - start;
  };
  const multiply = () => backend.kernels.gemm(y, x, weight, shape);
  const link = () => backend.kernels.addScaled(y, x, 1e-3);
  const median = async (count: number, launch: () => void) => {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await timed(count, launch));
    return medianOf(times) / count;
  };
  try {
    multiply();
    const result = Float32Array.from(await backend.read(y));
    await timed(1, link);
    accept(result);
    let count = 1;
    while ((await timed(count, multiply)) < LEAST_MS && count < MOST_PRODUCTS) count *= 4;
    const product = await median(count, multiply);
    const chain = CHAIN * (await median(CHAIN, link));
    return { product, chain, step: product * sample.products + chain, result };
  } finally {
    free();
  }
}
