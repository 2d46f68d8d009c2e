import { tracked } from "./autograd/node";
import type { DType } from "./backend/backend";
import { TensorError } from "./errors";
import type { CreateOptions } from "./ops/create";
import type { Shape } from "./tensor/shape";
import { allocate, type Tensor } from "./tensor/tensor";

/** All there is to a generator: save it to resume, copy it to repeat. */
export interface GeneratorState {
  /** An integer below 2^53. */
  seed: number;
  /** Numbers drawn so far. */
  offset: number;
}

/**
 * A counter-based random generator (Philox 4x32-10): number i depends on (seed, i) alone, so results are the same on
 * every back end and for any number of threads, and state is two integers.
 * @see Salmon et al. 2011, section 3.3
 */
export class Generator {
  private offset = 0;

  constructor(private seed = 0) {
    this.checkSeed(seed);
  }

  /** Starts anew from a seed. */
  manualSeed(seed: number): this {
    this.checkSeed(seed);
    this.seed = seed;
    this.offset = 0;
    return this;
  }

  state(): GeneratorState {
    return { seed: this.seed, offset: this.offset };
  }

  restore({ seed, offset }: GeneratorState): this {
    this.seed = seed;
    this.offset = offset;
    return this;
  }

  /** Reserves `count` numbers: what a kernel needs to draw them. */
  reserve(count: number): GeneratorState {
    const state = this.state();
    this.offset += Math.ceil(count / 4) * 4;
    return state;
  }

  private checkSeed(seed: number): void {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/Generator: the seed must be an integer from 0 to 2^53 − 1, got ${seed}`,
      );
  }
}

/** The generator used where none is given. */
export const defaultGenerator = new Generator(0);

/** Seeds the default generator. */
export const manualSeed = (seed: number): Generator => defaultGenerator.manualSeed(seed);

export interface RandomOptions extends CreateOptions {
  generator?: Generator;
}

function draw(
  kind: "uniform" | "normal" | "bernoulli",
  shape: Shape,
  a: number,
  b: number,
  { generator = defaultGenerator, requiresGrad }: RandomOptions,
  dtype: DType = "float32",
): Tensor {
  const out = allocate(kind, shape, dtype);
  const { seed, offset } = generator.reserve(out.size);
  out.storage.backend.kernels.random(kind, out, seed, offset, a, b);
  return requiresGrad ? out.requireGrad() : out;
}

/** Uniform numbers in [low, high), default [0, 1). */
export const rand = (
  shape: Shape,
  { low = 0, high = 1, ...options }: RandomOptions & { low?: number; high?: number } = {},
): Tensor => draw("uniform", shape, low, high, options);

/** Normal numbers, default mean 0 and deviation 1. */
export const randn = (
  shape: Shape,
  { mean = 0, std = 1, ...options }: RandomOptions & { mean?: number; std?: number } = {},
): Tensor => draw("normal", shape, mean, std, options);

/** 1 with probability `p`, else 0. */
export const bernoulli = (shape: Shape, p: number, options: RandomOptions = {}): Tensor =>
  draw("bernoulli", shape, p, 0, options, options.dtype);

/**
 * Zeroes each element with probability `p` and scales the rest by 1/(1 − p). No mask is stored: the generator repeats it.
 * @throws {TensorError} `ERR_RANGE` for p outside [0, 1)
 */
export function dropout(
  x: Tensor,
  p: number,
  {
    training = true,
    generator = defaultGenerator,
  }: { training?: boolean; generator?: Generator } = {},
): Tensor {
  if (!(p >= 0 && p < 1))
    throw new TensorError("ERR_RANGE", `tensor-gpu/dropout: p must be in [0, 1), got ${p}`);
  if (!training || p === 0) return x;
  const { seed, offset } = generator.reserve(x.size);
  const apply = (input: Tensor) => {
    const out = allocate("dropout", input.shape, "float32", input.storage.backend);
    input.storage.backend.kernels.dropout(out, input.contiguous(), p, seed, offset);
    return out;
  };
  return tracked("dropout", apply(x), [x], () => (dy) => [apply(dy)]);
}
