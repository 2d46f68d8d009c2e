/** @file Code shared by Adam and AdamW, which differ in how the weight decay is applied. */

import { tidy } from "../autograd/scope";
import type { OptimizerSlot } from "../backend/kernels";
import type { View } from "../backend/view";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, TensorError } from "../errors";
import { refuseWithHint } from "../hints";
import { assertFinite, assertOneOf, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { optimiserKernels } from "../wasm/kernels/optimisers";
import { BlockMoments } from "./block-moments";
import { FlatOptimizer, type FlatState } from "./flat-optimizer";
import { assertMoments, type ParameterGroup, type Run, runsOf, type Settled } from "./optimizer";
import { blend, type StepSettings, type UpdateRule, withDecay } from "./update-by-rule";

export interface AdamOptions {
  /** Default 1e-3. */
  lr?: number | undefined;
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: readonly [number, number] | undefined;
  /** Default 1e-8. */
  eps?: number | undefined;
  /** Default 0.01 for AdamW, 0 for Adam. */
  weightDecay?: number | undefined;
  /** Divides by the largest second moment so far. Default false. @see Reddi et al. 2018, algorithm 2 */
  amsgrad?: boolean | undefined;
  /**
   * How the moments are stored. `"int8"` takes a quarter of the memory, about 2 bytes per parameter instead of 8: bytes in
   * blocks of 2,048, each with a scale. Cannot be combined with `amsgrad`. Default `"float32"`.
   * @see Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"
   */
  moments?: "float32" | "int8" | undefined;
}

/** The state that a checkpoint stores: the step count and the flat moments in parameter order. */
export interface AdamWState {
  step: number;
  m: Float32Array;
  v: Float32Array;
  /** The largest second moments, with `amsgrad`. */
  vMax?: Float32Array | undefined;
}

const OPTIONS: readonly (keyof AdamOptions)[] = [
  "lr",
  "betas",
  "eps",
  "weightDecay",
  "amsgrad",
  "moments",
];

type Moment = "m" | "v" | "vMax";

/** The numbers of a step in the form that the kernel takes. */
interface Rates {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  biasCorrection1: number;
  biasCorrection2: number;
}

function assertOptions(op: string, options: Settled<AdamOptions>): void {
  const { eps, betas, amsgrad, moments } = options;
  assertOneOf(op, "moments", moments, ["float32", "int8"]);
  assertFinite(op, "eps", eps, { least: 0 });
  if (!Array.isArray(betas) || betas.length !== 2 || betas.some((b) => !(b >= 0 && b < 1)))
    throw new TensorError("ERR_RANGE", `${op}: needs two betas in [0, 1), got ${showValue(betas)}`);
  if (typeof amsgrad !== "boolean")
    throw new TensorError(
      "ERR_ARGUMENT",
      `${op}: amsgrad must be true or false, got ${showValue(amsgrad)}`,
    );
  if (amsgrad && moments === "int8")
    throw new TensorError("ERR_ARGUMENT", `${op}: amsgrad needs float32 moments`);
}

interface CodedMoments {
  m: BlockMoments;
  v: BlockMoments;
}

const codedMoments = (parameters: readonly Tensor[]): CodedMoments => ({
  m: new BlockMoments(parameters, true),
  v: new BlockMoments(parameters, false),
});

/** Elements first … first + size − 1 of a contiguous view. */
const flatPart = ({ storage, offset, dtype }: View, first: number, size: number): View => ({
  storage,
  offset: offset + first,
  dtype,
  size,
  shape: [size],
  strides: [1],
});

/** Adam with coupled or decoupled weight decay; with `amsgrad` composed of operators, else in one kernel call. */
export abstract class AdamFamily extends FlatOptimizer<Moment> {
  private readonly settings: Settled<AdamOptions>;
  private readonly isDecoupled: boolean;
  private readonly coded: CodedMoments | null;

  constructor(
    op: string,
    params: readonly Tensor[] | readonly ParameterGroup[],
    given: AdamOptions,
    { weightDecay: usualDecay, isDecoupled }: { weightDecay: number; isDecoupled: boolean },
  ) {
    const {
      lr = 1e-3,
      betas = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = usualDecay,
      amsgrad = false,
      moments = "float32",
      ...rest
    } = optionsOf(op, given);
    refuseWithHint(op, rest, OPTIONS);
    const settings = { lr, betas, eps, weightDecay, amsgrad, moments };
    assertOptions(op, settings);
    const flat: Moment[] = amsgrad ? ["m", "v", "vMax"] : ["m", "v"];
    super(op, { params, lr, weightDecay, states: moments === "int8" ? [] : flat });
    this.settings = settings;
    this.isDecoupled = isDecoupled;
    this.coded = moments === "int8" ? codedMoments(this.parameters) : null;
  }

  override get stateBytes(): number {
    return this.coded ? this.coded.m.byteLength + this.coded.v.byteLength : super.stateBytes;
  }

  /** The step count and the moments as float32, however they are stored. */
  override async state(): Promise<FlatState<Moment>> {
    const state = await super.state();
    if (!this.coded) return state;
    const [m, v] = [await this.coded.m.data(), await this.coded.v.data()];
    return { ...state, m, v };
  }

  override restore(saved: FlatState<Moment>): void {
    const { coded } = this;
    if (!coded) {
      super.restore(saved);
      return;
    }
    const size = this.parameters.reduce((sum, parameter) => sum + parameter.size, 0);
    for (const name of ["m", "v"] as const) assertMoments("restore", size, saved[name]);
    super.restore(saved);
    for (const name of ["m", "v"] as const) coded[name].set(saved[name]);
  }

  override dispose(): void {
    super.dispose();
    this.coded?.m.dispose();
    this.coded?.v.dispose();
  }

  protected update(settings: StepSettings): void {
    const { betas, eps, amsgrad } = this.settings;
    const rates = {
      lr: settings.lr,
      beta1: betas[0],
      beta2: betas[1],
      eps,
      biasCorrection1: 1 - betas[0] ** settings.count,
      biasCorrection2: 1 - betas[1] ** settings.count,
    };
    if (amsgrad) this.updateByRule(settings, this.amsgradRule(rates));
    else this.updateFused(rates, settings.scale);
  }

  /** Adds coupled decay to the (clipped) gradient before the kernel, which then neither decays nor clips. */
  private updateFused(rates: Rates, scale: Tensor | null): void {
    const runs = runsOf(this.groups, this.weightDecay).map((run) => ({
      ...run,
      isCoupled: !this.isDecoupled && run.slots.some(({ weightDecay }) => weightDecay !== 0),
    }));
    for (const run of runs)
      if (run.isCoupled)
        run.slots = run.slots.map((slot) => {
          const gradient = slot.gradient as Tensor;
          const clipped = scale ? gradient.mul(scale) : gradient;
          const decayed = withDecay(clipped, (slot.parameter as Tensor).detach(), slot.weightDecay);
          return { ...slot, gradient: decayed, weightDecay: 0 };
        });
    if (this.coded)
      for (const { slots, isCoupled } of runs)
        this.updateCoded(this.coded, slots, isCoupled ? null : scale, rates);
    else this.updateFlat(runs, rates, scale);
  }

  /** Runs the same kernel on one piece of a parameter at a time, with the moments of the piece widened to float32. */
  private updateCoded(
    { m, v }: CodedMoments,
    slots: readonly OptimizerSlot[],
    scale: Tensor | null,
    rates: Rates,
  ): void {
    const numbers = new Map(this.parameters.map((parameter, i) => [parameter as View, i]));
    for (const slot of slots) {
      const index = numbers.get(slot.parameter)!;
      for (const [first, size] of m.pieces(index))
        tidy(() => {
          const { storage } = slot.parameter as Tensor;
          const backend = withKernels(storage.backend, "adamw", optimiserKernels);
          const [wideM, wideV] = [m, v].map((moments) => {
            const wide = allocate("moments", [size], "float32", backend);
            moments.read(index, first, wide);
            return wide;
          }) as [Tensor, Tensor];
          const piece = {
            ...slot,
            parameter: flatPart(slot.parameter, first, size),
            gradient: flatPart(slot.gradient, first, size),
          };
          backend.kernels.adamw([piece], wideM, wideV, scale, rates);
          m.write(index, first, wideM);
          v.write(index, first, wideV);
        });
    }
  }

  private updateFlat(
    runs: readonly (Run & { isCoupled: boolean })[],
    rates: Rates,
    scale: Tensor | null,
  ): void {
    const { m, v } = this.states;
    const { kernels } = withKernels(m.storage.backend, "adamw", optimiserKernels);
    for (const { slots, start, size, isCoupled } of runs) {
      const [ownM, ownV] = size === m.size ? [m, v] : [m, v].map((x) => x.narrow(0, start, size));
      kernels.adamw(slots, ownM!, ownV!, isCoupled ? null : scale, rates);
    }
  }

  private amsgradRule({ beta1, beta2, eps, ...rates }: Rates): UpdateRule<Moment> {
    return ({ parameter, gradient, state, lr, weightDecay }) => {
      const g = this.isDecoupled ? gradient : withDecay(gradient, parameter, weightDecay);
      const start = this.isDecoupled ? parameter.mul(1 - lr * weightDecay) : parameter;
      const m = blend(state.m, g, 1 - beta1);
      const v = blend(state.v, g.square(), 1 - beta2);
      const vMax = state.vMax.maximum(v);
      const divisor = vMax
        .sqrt()
        .mul(1 / Math.sqrt(rates.biasCorrection2))
        .add(eps);
      const parameterNext = start.sub(m.mul(lr / rates.biasCorrection1).div(divisor));
      return { parameter: parameterNext, m, v, vMax };
    };
  }
}
