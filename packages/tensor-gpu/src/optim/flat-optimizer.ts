import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertNoneOpen } from "../tensor/open-recording";
import { assertFinite, assertSize } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import {
  asGroups,
  assertMoments,
  assertStep,
  clipFactor,
  forgetGradients,
  gradNorm,
  type ParameterGroup,
  type StepOptions,
  stateBuffer,
} from "./optimizer";
import { type StepSettings, type UpdateRule, updateByRule } from "./update-by-rule";

/** The definition of an optimiser. */
interface Parts<Name extends string> {
  params: readonly Tensor[] | readonly ParameterGroup[];
  lr: number;
  weightDecay: number;
  /** Names of the states, each with one number per parameter element. */
  states: readonly Name[];
}

/** The number of steps and flat states by name, in parameter order, as a checkpoint stores them. */
export type FlatState<Name extends string> = { step: number } & Record<Name, Float32Array>;

/** An optimiser with named states, each flat over all parameters. A parameter without a gradient is not changed. */
export abstract class FlatOptimizer<Name extends string> {
  lr: number;
  protected readonly groups: ParameterGroup[];
  protected readonly weightDecay: number;
  protected readonly states: Readonly<Record<Name, Tensor>>;
  private readonly op: string;
  private steps = 0;

  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(op: string, { params, lr, weightDecay, states }: Parts<Name>) {
    assertFinite(op, "lr", lr, { least: 0 });
    assertFinite(op, "weightDecay", weightDecay, { least: 0 });
    this.op = op;
    this.lr = lr;
    this.weightDecay = weightDecay;
    this.groups = asGroups(op, params);
    const size = this.parameters.reduce((n, p) => n + p.size, 0);
    const like = this.parameters[0]!;
    this.states = Object.fromEntries(
      states.map((name) => [name, stateBuffer(size, like)]),
    ) as Record<Name, Tensor>;
  }

  get parameters(): Tensor[] {
    return this.groups.flatMap((group) => [...group.params]);
  }

  /** Bytes of the states. */
  get stateBytes(): number {
    return this.named().reduce((bytes, [, state]) => bytes + state.storage.byteLength, 0);
  }

  /** Writes the parameters and states of one step: all of them, or none if it throws. */
  protected abstract update(settings: StepSettings): void;

  protected updateByRule(settings: StepSettings, rule: UpdateRule<Name>): void {
    const { groups, states, weightDecay } = this;
    updateByRule({ groups, states, weightDecay }, settings, rule);
  }

  /**
   * Performs one step from the current gradients. If it throws, no parameter has changed.
   * @returns the gradient norm before clipping, a kept scalar tensor, when `maxGradNorm` is given
   */
  step(options: StepOptions = {}): Tensor | undefined {
    const { lr = this.lr, maxGradNorm, ...rest } = optionsOf("step", options);
    refuseUnknown("step", rest);
    assertNoneOpen("a step of an optimiser");
    assertStep(this.op, lr, maxGradNorm);
    const count = this.steps + 1;
    const result = tidy(() =>
      noGrad(() => {
        const norm = maxGradNorm === undefined ? undefined : gradNorm(this.parameters);
        this.update({ lr, count, scale: norm ? clipFactor(norm, maxGradNorm!) : null });
        return norm;
      }),
    );
    this.steps = count;
    return result;
  }

  /** Disposes all gradients. */
  zeroGrad(): void {
    forgetGradients(this.groups);
  }

  async state(): Promise<FlatState<Name>> {
    const arrays = this.named().map(async ([name, state]) => [name, await state.data()] as const);
    return {
      ...Object.fromEntries(await Promise.all(arrays)),
      step: this.steps,
    } as FlatState<Name>;
  }

  /** @throws {TensorError} `ERR_SHAPE` when the state is of other parameters or settings; nothing is changed in that case */
  restore(saved: FlatState<Name>): void {
    assertSize(this.op, "step", saved.step);
    for (const [name, state] of this.named()) {
      if (saved[name] === undefined)
        throw new TensorError(
          "ERR_SHAPE",
          `${this.op}: the state must have ${name}; was it saved with other settings?`,
          { fields: { op: this.op, name } },
        );
      assertMoments(this.op, state.size, saved[name]);
    }
    for (const [name, state] of this.named()) state.set(saved[name]);
    this.steps = saved.step;
  }

  dispose(): void {
    for (const [, state] of this.named()) state.dispose();
  }

  private named(): [Name, Tensor][] {
    return Object.entries(this.states) as [Name, Tensor][];
  }
}
