/**
 * @file Keeps a policy near its reference: parameters whose KL is above a bound are replaced with the last ones below it.
 */
import { type nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type CheckpointPart, type FitEvent, tensorsPart } from "@deepgrain/trainer";
import { AlignError } from "../errors";
import type { PairEvaluation } from "./evaluate-pairs";

/** The end of a run that moved too far from its reference. */
export interface KlStop {
  type: "kl-stop";
  /** Step count of the parameters that the model was restored to. */
  step: number;
  /** Step count of the rejected parameters, their KL in nats per token, and where it was measured. */
  rejected: number;
  kl: number;
  on: "next-batch" | "held-out";
  maxKl: number;
}

/** The parts of a training that a guard needs. */
interface KlGuardOptions {
  maxKl: number;
  /** Measures the pairs of the step after `step`, with `kl` among the scalars. */
  nextBatch(step: number): Promise<PairEvaluation>;
  /** Measures the held-out pairs, if there are any. */
  heldOut?: (() => Promise<PairEvaluation>) | undefined;
}

/** A copy of the trained parameters after some steps. */
class Copy {
  step = 0;
  private constructor(
    private readonly module: nn.Module,
    readonly values: nn.NamedTensor[],
  ) {}

  static async of(module: nn.Module): Promise<Copy> {
    const values: nn.NamedTensor[] = [];
    for (const [name, parameter] of module.namedParameters()) {
      const data = Float32Array.from((await parameter.data()) as Float32Array);
      values.push([name, tensor(data, { shape: parameter.shape })]);
    }
    return new Copy(module, values);
  }

  /** Copies the current parameters of the module. */
  async take(step: number): Promise<void> {
    await write(this.module.namedParameters(), this.values);
    this.step = step;
  }

  /** Restores them to the module. */
  give = (): Promise<void> => write(this.values, this.module.namedParameters());
}

async function write(from: Iterable<nn.NamedTensor>, to: Iterable<nn.NamedTensor>): Promise<void> {
  const targets = new Map(to);
  for (const [name, source] of from) targets.get(name)!.set(await source.data());
}

/** False for a KL that is NaN. */
const isWithin = ({ scalars }: { scalars: Record<string, number> }, maxKl: number): boolean =>
  scalars.kl! <= maxKl;

/**
 * Watches a training: a step is kept once the KL of its parameters is within the bound on the pairs of the next step, and on all
 * held-out pairs at each evaluation. Otherwise the model is restored to the step before (if it passes on the held-out
 * pairs), or to the last evaluation that passed. Two copies of the trained parameters are held.
 */
export class KlGuard {
  private readonly mark: Tensor = tensor(Int32Array.of(0));
  private tooFar: number | null = null;

  private constructor(
    private readonly options: KlGuardOptions,
    /** Parameters after the last step that was within the bound on the next pairs. */
    private readonly kept: Copy,
    /** Parameters after the last evaluation that was within it. */
    private readonly evaluated: Copy | null,
  ) {}

  /** @param module its trained parameters are copied */
  static async watch(module: nn.Module, options: KlGuardOptions): Promise<KlGuard> {
    const kept = await Copy.of(module);
    return new KlGuard(options, kept, options.heldOut ? await Copy.of(module) : null);
  }

  /** The parameters of the last evaluation that passed, for checkpoints of runs with held-out pairs. */
  get part(): CheckpointPart | null {
    const { evaluated, mark } = this;
    return evaluated && tensorsPart(() => [["step", mark], ...evaluated.values]);
  }

  /** To be called after each update. */
  async afterStep(step: number): Promise<void> {
    const measured = await this.options.nextBatch(step);
    if (isWithin(measured, this.options.maxKl)) await this.kept.take(step);
    else this.tooFar = measured.scalars.kl!;
  }

  /**
   * @returns null where the training continues; otherwise the events that end it, in place of this one
   * @throws {AlignError} `ERR_RANGE` where the training begins above the bound
   */
  async check(event: FitEvent): Promise<(FitEvent | KlStop)[] | null> {
    if (event.type === "train-start") await this.start(event.step);
    if (event.type === "step-end" && this.tooFar !== null)
      return this.stop(event.step, this.tooFar, "next-batch");
    if (event.type !== "eval-end") return null;
    if (!isWithin(event, this.options.maxKl))
      return this.stop(event.step, event.scalars.kl!, "held-out");
    await this.evaluated?.take(event.step);
    this.mark.set(Int32Array.of(event.step));
    return null;
  }

  dispose(): void {
    const { kept, evaluated, mark } = this;
    for (const [, values] of [...kept.values, ...(evaluated?.values ?? [])]) values.dispose();
    mark.dispose();
  }

  private async start(step: number): Promise<void> {
    const { maxKl, nextBatch, heldOut } = this.options;
    await this.kept.take(step);
    if (step > 0) {
      if (this.evaluated) this.evaluated.step = await this.mark.item(); // the step of the checkpoint
      return;
    }
    for (const measured of [await nextBatch(0), await heldOut?.()]) {
      if (!measured || isWithin(measured, maxKl)) continue;
      const { kl } = measured.scalars;
      throw new AlignError(
        "ERR_RANGE",
        `align/dpo: maxKl must be at least the KL that the training begins with, ${kl}, got ${maxKl}`,
        { fields: { maxKl, kl } },
      );
    }
  }

  /** Restores the model, and reports which parameters it restored. */
  private async stop(
    rejected: number,
    kl: number,
    on: KlStop["on"],
  ): Promise<(FitEvent | KlStop)[]> {
    const { kept, evaluated } = this;
    const { maxKl, heldOut } = this.options;
    let copy = on === "next-batch" ? kept : evaluated!;
    await copy.give();
    let measured = await heldOut?.();
    if (measured && copy === kept && !isWithin(measured, maxKl)) {
      copy = evaluated!;
      await copy.give();
      measured = await heldOut?.();
    }
    const { step } = copy;
    const end: KlStop = { type: "kl-stop", step, rejected, kl, on, maxKl };
    return measured ? [{ type: "eval-end", step, ...measured }, end] : [end];
  }
}
