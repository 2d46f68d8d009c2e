import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import { TensorError } from "../errors";
import { assertFinite, assertSize, showValue } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import {
  asGroups,
  assertMoments,
  assertStep,
  clipFactor,
  forgetGradients,
  gradNorm,
  type ParameterGroup,
  runsOf,
  type StepOptions,
  stateBuffer,
} from "./optimizer";

export interface AdamWOptions {
  /** Default 1e-3. */
  lr?: number;
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Default 1e-8. */
  eps?: number;
  /** Decoupled: p ← p·(1 − lr·decay) before the step. Default 0.01. */
  weightDecay?: number;
}

/** What a checkpoint stores: the step count and the flat moments in parameter order. */
export interface AdamWState {
  step: number;
  m: Float32Array;
  v: Float32Array;
}

/**
 * AdamW over all parameters in one kernel call, with flat moments.
 * A parameter without a gradient is left alone.
 *
 * @see Loshchilov and Hutter 2019, algorithm 2
 */
export class AdamW {
  lr: number;
  private readonly groups: ParameterGroup[];
  private readonly settings: Required<Omit<AdamWOptions, "lr">>;
  private readonly m: Tensor;
  private readonly v: Tensor;
  private steps = 0;

  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], options: AdamWOptions = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01 } = options;
    assertFinite("AdamW", "lr", lr, { least: 0 });
    assertFinite("AdamW", "eps", eps, { least: 0 });
    assertFinite("AdamW", "weightDecay", weightDecay, { least: 0 });
    if (!Array.isArray(betas) || betas.length !== 2 || betas.some((b) => !(b >= 0 && b < 1)))
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/AdamW: needs two betas in [0, 1), got ${showValue(betas)}`,
      );
    this.lr = lr;
    this.settings = { betas, eps, weightDecay };
    this.groups = asGroups("AdamW", params);
    const size = this.parameters.reduce((n, p) => n + p.size, 0);
    this.m = stateBuffer(size, this.parameters[0]!);
    this.v = stateBuffer(size, this.parameters[0]!);
  }

  get parameters(): Tensor[] {
    return this.groups.flatMap((group) => [...group.params]);
  }

  /** Bytes of the moments. */
  get stateBytes(): number {
    return this.m.storage.byteLength + this.v.storage.byteLength;
  }

  /**
   * One step from the gradients at hand: of all parameters, or (when it throws) of none.
   * @returns the gradient norm before clipping, a kept scalar tensor, when `maxGradNorm` is given
   */
  step({ lr = this.lr, maxGradNorm }: StepOptions = {}): Tensor | undefined {
    assertStep("AdamW", lr, maxGradNorm);
    const { betas, eps, weightDecay } = this.settings;
    const steps = this.steps + 1;
    const result = tidy(() =>
      noGrad(() => {
        const norm = maxGradNorm === undefined ? undefined : gradNorm(this.parameters);
        const { kernels } = this.m.storage.backend;
        const scale = norm ? clipFactor(norm, maxGradNorm!) : null;
        const step = {
          lr,
          beta1: betas[0],
          beta2: betas[1],
          eps,
          biasCorrection1: 1 - betas[0] ** steps,
          biasCorrection2: 1 - betas[1] ** steps,
        };
        for (const { slots, start, size } of runsOf(this.groups, weightDecay))
          kernels.adamw(
            slots,
            this.m.narrow(0, start, size),
            this.v.narrow(0, start, size),
            scale,
            step,
          );
        return norm;
      }),
    );
    this.steps = steps;
    return result;
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    forgetGradients(this.groups);
  }

  async state(): Promise<AdamWState> {
    return {
      step: this.steps,
      m: (await this.m.data()) as Float32Array,
      v: (await this.v.data()) as Float32Array,
    };
  }

  /** @throws {TensorError} `ERR_SHAPE` when the state is of other parameters; nothing has then changed */
  restore({ step, m, v }: AdamWState): void {
    assertSize("AdamW", "step", step);
    assertMoments("AdamW", this.m.size, m, v);
    this.m.set(m);
    this.v.set(v);
    this.steps = step;
  }

  dispose(): void {
    this.m.dispose();
    this.v.dispose();
  }
}
