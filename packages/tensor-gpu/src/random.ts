import { tidy } from "./autograd/scope";
import { tracked } from "./autograd/track";
import { fail, optionsOf, refuseUnknown } from "./errors";
import type { CreateOptions } from "./ops/create";
import { writeInto } from "./ops/in-place";
import { assertDType, assertFloat, assertTensors } from "./ops/operands";
import type { Shape } from "./tensor/shape";
import { assertFinite, assertShape, assertWhole, showValue } from "./tensor/sizes";
import { allocate, type Tensor } from "./tensor/tensor";

/** The complete state of a generator: save it to resume, copy it to repeat. */
export interface GeneratorState {
  /** An integer below 2^53. */
  seed: number;
  /** How many numbers were drawn so far. */
  offset: number;
}

/** For each watch in progress: the states of the generators used, from before their first draw. */
const watches = new Set<Map<Generator, GeneratorState>>();

/** Runs a function. @returns its result, and the earlier state of each generator that it drew from */
export function watchGenerators<T>(run: () => T): {
  result: T;
  before: ReadonlyMap<Generator, GeneratorState>;
} {
  const before = new Map<Generator, GeneratorState>();
  watches.add(before);
  try {
    return { result: run(), before };
  } finally {
    watches.delete(before);
  }
}

/** Runs a function with generators set to the given states, and restores their own states afterwards. */
export function withGenerators<T>(states: ReadonlyMap<Generator, GeneratorState>, run: () => T): T {
  const now = [...states.keys()].map((generator) => [generator, generator.state()] as const);
  for (const [generator, state] of states) generator.restore(state);
  try {
    return run();
  } finally {
    for (const [generator, state] of now) generator.restore(state);
  }
}

/**
 * A counter-based random generator (Philox 4x32-10): number i depends only on (seed, i), so results are the same on
 * every backend and for any number of threads, and the state is two integers.
 * @see Salmon et al. 2011, section 3.3
 */
export class Generator {
  private offset = 0;

  constructor(private seed = 0) {
    this.checkSeed(seed);
  }

  /** Restarts from a seed. */
  manualSeed(seed: number): this {
    this.checkSeed(seed);
    this.seed = seed;
    this.offset = 0;
    return this;
  }

  state(): GeneratorState {
    return { seed: this.seed, offset: this.offset };
  }

  /** Resumes from a saved state. @throws {TensorError} `ERR_RANGE` for an invalid state */
  restore({ seed, offset }: GeneratorState): this {
    this.checkSeed(seed);
    assertWhole("Generator", "offset", offset, { most: Number.MAX_SAFE_INTEGER });
    this.seed = seed;
    this.offset = offset;
    return this;
  }

  /** Reserves `count` numbers and returns what a kernel needs to draw them. */
  reserve(count: number): GeneratorState {
    const state = this.state();
    for (const before of watches) if (!before.has(this)) before.set(this, state);
    this.offset += Math.ceil(count / 4) * 4;
    return state;
  }

  private checkSeed(seed: number): void {
    if (!Number.isSafeInteger(seed) || seed < 0)
      fail("ERR_RANGE", `Generator: the seed must be an integer from 0 to 2^53 − 1, got ${seed}`);
  }
}

/** The generator used if none is given. */
export const defaultGenerator = new Generator(0);

/** Seeds the default generator. */
export const manualSeed = (seed: number): Generator => defaultGenerator.manualSeed(seed);

export interface RandomOptions extends CreateOptions {
  generator?: Generator | undefined;
}

function assertGenerator(op: string, generator: unknown): void {
  if (!(generator instanceof Generator))
    fail("ERR_ARGUMENT", `${op}: generator must be a Generator, got ${showValue(generator)}`, {
      op,
    });
}

function draw(
  op: string,
  kind: "uniform" | "normal" | "bernoulli",
  shape: Shape,
  [a, b]: readonly [number, number],
  { generator = defaultGenerator, requiresGrad, dtype = "float32", ...rest }: RandomOptions,
): Tensor {
  refuseUnknown(op, rest);
  assertGenerator(op, generator);
  const type = kind === "bernoulli" ? dtype : "float32"; // other numbers are fractions
  assertDType(op, type);
  assertShape(op, shape);
  const out = allocate(op, [...shape], type);
  const { seed, offset } = generator.reserve(out.size);
  out.storage.backend.kernels.random(kind, out, seed, offset, a, b);
  return requiresGrad ? out.requireGrad() : out;
}

/** Uniform numbers in [low, high), default [0, 1). @throws {TensorError} `ERR_SHAPE`, `ERR_RANGE` unless low ≤ high */
export function rand(
  shape: Shape,
  given: RandomOptions & { low?: number | undefined; high?: number | undefined } = {},
): Tensor {
  const { low = 0, high = 1, ...options } = optionsOf("rand", given);
  assertFinite("rand", "low", low);
  assertFinite("rand", "high", high, { least: low });
  return draw("rand", "uniform", shape, [low, high], options);
}

/** Normal numbers, default mean 0 and std 1. @throws {TensorError} `ERR_SHAPE`, `ERR_RANGE` for a deviation below 0 */
export function randn(
  shape: Shape,
  given: RandomOptions & { mean?: number | undefined; std?: number | undefined } = {},
): Tensor {
  const { mean = 0, std = 1, ...options } = optionsOf("randn", given);
  assertFinite("randn", "mean", mean);
  assertFinite("randn", "std", std, { least: 0 });
  return draw("randn", "normal", shape, [mean, std], options);
}

/** Largest number of values of `randint`: as many as uniform numbers have. */
const MOST_INTEGERS = 2 ** 24;

/**
 * Whole numbers from `low` up to, but without, `high`, all equally likely, as int32.
 * @param high above `low`, by at most 2²⁴
 * @throws {TensorError} `ERR_SHAPE`, `ERR_RANGE`
 */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  options: Pick<RandomOptions, "generator"> = {},
): Tensor {
  const { generator, ...rest } = optionsOf("randint", options);
  refuseUnknown("randint", rest);
  assertWhole("randint", "low", low, { least: -(2 ** 31) });
  assertWhole("randint", "high", high, {
    least: low + 1,
    most: Math.min(low + MOST_INTEGERS, 2 ** 31 - 1),
  });
  return tidy(() =>
    draw("randint", "uniform", shape, [0, 1], { generator })
      .mul(high - low)
      .floor()
      .minimum(high - low - 1) // where rounding reached the bound
      .to({ dtype: "int32" })
      .add(low),
  );
}

function drawInto(
  op: string,
  kind: "uniform" | "normal",
  x: Tensor,
  [a, b]: readonly [number, number],
  generator: Generator,
): Tensor {
  assertFloat(op, x);
  assertGenerator(op, generator);
  return writeInto(op, x, (dense) => {
    const { seed, offset } = generator.reserve(dense.size);
    dense.storage.backend.kernels.random(kind, dense, seed, offset, a, b);
  });
}

/**
 * Overwrites a float32 tensor with uniform numbers in [low, high), off the tape. Returns it.
 * @param options.low default 0
 * @param options.high default 1
 * @param options.generator default: the package's generator
 * @throws {TensorError} `ERR_DTYPE`, `ERR_RANGE` unless low ≤ high
 */
export function uniform_(
  x: Tensor,
  options: {
    low?: number | undefined;
    high?: number | undefined;
    generator?: Generator | undefined;
  } = {},
): Tensor {
  const {
    low = 0,
    high = 1,
    generator = defaultGenerator,
    ...rest
  } = optionsOf("uniform_", options);
  refuseUnknown("uniform_", rest);
  assertFinite("uniform_", "low", low);
  assertFinite("uniform_", "high", high, { least: low });
  return drawInto("uniform_", "uniform", x, [low, high], generator);
}

/**
 * Overwrites a float32 tensor with normal numbers, off the tape. Returns it.
 * @param options.mean default 0
 * @param options.std the standard deviation, default 1
 * @param options.generator default: the package's generator
 * @throws {TensorError} `ERR_DTYPE`, `ERR_RANGE` for a deviation below 0
 */
export function normal_(
  x: Tensor,
  options: {
    mean?: number | undefined;
    std?: number | undefined;
    generator?: Generator | undefined;
  } = {},
): Tensor {
  const {
    mean = 0,
    std = 1,
    generator = defaultGenerator,
    ...rest
  } = optionsOf("normal_", options);
  refuseUnknown("normal_", rest);
  assertFinite("normal_", "mean", mean);
  assertFinite("normal_", "std", std, { least: 0 });
  return drawInto("normal_", "normal", x, [mean, std], generator);
}

/** 1 with probability `p`, else 0. @throws {TensorError} `ERR_SHAPE`, `ERR_RANGE` for p outside [0, 1] */
export function bernoulli(shape: Shape, p: number, options: RandomOptions = {}): Tensor {
  const { generator, dtype, requiresGrad, ...rest } = optionsOf("bernoulli", options);
  refuseUnknown("bernoulli", rest);
  assertFinite("bernoulli", "p", p, { least: 0, most: 1 });
  return draw("bernoulli", "bernoulli", shape, [p, 0], { generator, dtype, requiresGrad });
}

/**
 * Zeroes each element with probability `p` and scales the rest by 1/(1 − p). No mask is stored: the generator repeats it.
 * @throws {TensorError} `ERR_RANGE` for p outside [0, 1)
 */
export function dropout(
  x: Tensor,
  p: number,
  options: { training?: boolean | undefined; generator?: Generator | undefined } = {},
): Tensor {
  const { training = true, generator = defaultGenerator, ...rest } = optionsOf("dropout", options);
  refuseUnknown("dropout", rest);
  assertTensors("dropout", x);
  assertFinite("dropout", "p", p, { least: 0, most: 1, below: true });
  assertGenerator("dropout", generator);
  if (!training || p === 0) return x;
  assertFloat("dropout", x);
  const { seed, offset } = generator.reserve(x.size);
  const apply = (input: Tensor) => {
    const out = allocate("dropout", input.shape, "float32", input.storage.backend);
    input.storage.backend.kernels.dropout(out, input.contiguous(), p, seed, offset);
    return out;
  };
  return tracked("dropout", apply(x), [x], () => (dy) => [apply(dy)]);
}
