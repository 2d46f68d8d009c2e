import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertFinite, assertSize } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { optimiserKernels } from "../wasm/kernels/optimisers";
import {
  asGroups,
  assertMoments,
  assertStep,
  clipFactor,
  forgetGradients,
  gradNorm,
  type ParameterGroup,
  runsOf,
  type Settled,
  type StepOptions,
  stateBuffer,
} from "./optimizer";

export interface SgdOptions {
  /** Default 1e-3. */
  lr?: number | undefined;
  /** Default 0. */
  momentum?: number | undefined;
  /** Default 0. */
  dampening?: number | undefined;
  /** Default false. */
  nesterov?: boolean | undefined;
  /** Added to the gradient as decay·p. Default 0. */
  weightDecay?: number | undefined;
}

/** Stochastic gradient descent with momentum, PyTorch's form. A parameter without a gradient is not changed. */
export class SGD {
  lr: number;
  private readonly groups: ParameterGroup[];
  private readonly settings: Settled<Omit<SgdOptions, "lr">>;
  private readonly velocity: Tensor | null;
  private steps = 0;

  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], options: SgdOptions = {}) {
    const {
      lr = 1e-3,
      momentum = 0,
      dampening = 0,
      nesterov = false,
      weightDecay = 0,
      ...rest
    } = optionsOf("SGD", options);
    refuseUnknown("SGD", rest);
    for (const [name, value] of Object.entries({ lr, momentum, dampening, weightDecay }))
      assertFinite("SGD", name, value, { least: 0 });
    if (nesterov && (momentum === 0 || dampening !== 0))
      throw new TensorError(
        "ERR_RANGE",
        `SGD: nesterov needs momentum above 0 and no dampening, got ${momentum} and ${dampening}`,
      );
    this.lr = lr;
    this.settings = { momentum, dampening, nesterov, weightDecay };
    this.groups = asGroups("SGD", params);
    const size = this.parameters.reduce((n, p) => n + p.size, 0);
    this.velocity = momentum === 0 ? null : stateBuffer(size, this.parameters[0]!);
  }

  get parameters(): Tensor[] {
    return this.groups.flatMap((group) => [...group.params]);
  }

  /** Performs one step from the current gradients; see `AdamW.step`. */
  step(options: StepOptions = {}): Tensor | undefined {
    const { lr = this.lr, maxGradNorm, ...rest } = optionsOf("step", options);
    refuseUnknown("step", rest);
    assertStep("SGD", lr, maxGradNorm);
    const firstStep = this.steps === 0;
    const result = tidy(() =>
      noGrad(() => {
        const norm = maxGradNorm === undefined ? undefined : gradNorm(this.parameters);
        const { weightDecay, ...settings } = this.settings;
        const { backend } = this.parameters[0]!.storage;
        const { kernels } = withKernels(backend, "sgd", optimiserKernels);
        const scale = norm ? clipFactor(norm, maxGradNorm!) : null;
        for (const { slots, start, size } of runsOf(this.groups, weightDecay))
          kernels.sgd(slots, this.velocity?.narrow(0, start, size) ?? null, scale, {
            lr,
            ...settings,
            firstStep,
          });
        return norm;
      }),
    );
    this.steps++;
    return result;
  }

  zeroGrad(): void {
    forgetGradients(this.groups);
  }

  async state(): Promise<{ step: number; velocity: Float32Array | null }> {
    return {
      step: this.steps,
      velocity: this.velocity && ((await this.velocity.data()) as Float32Array),
    };
  }

  restore({ step, velocity }: { step: number; velocity: Float32Array | null }): void {
    assertSize("SGD", "step", step);
    if (this.velocity && velocity) assertMoments("SGD", this.velocity.size, velocity);
    if (velocity) this.velocity?.set(velocity);
    this.steps = step;
  }

  dispose(): void {
    this.velocity?.dispose();
  }
}
