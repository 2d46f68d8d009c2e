/** @file Keeps a policy near its reference: parameters whose KL is above a bound give way to the last ones below it. */
import { type nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type CheckpointPart, type FitEvent, tensorsPart } from "@deepgrain/trainer";
import { AlignError } from "../errors";
import type { PairEvaluation } from "./evaluate-pairs";

/** The end of a run that went too far from its reference. */
export interface KlStop {
  type: "kl-stop";
  /** Steps done by the parameters that the model was put back to. */
  step: number;
  /** Steps done by those that were given up, their KL in nats per token, and where it was measured. */
  rejected: number;
  kl: number;
  on: "next-batch" | "held-out";
  maxKl: number;
}

/** What a guard needs to know of a training. */
export interface KlGuardOptions {
  maxKl: number;
  /** Measures the pairs of the step after `step`, with `kl` among the scalars. */
  nextBatch(step: number): Promise<PairEvaluation>;
  /** Measures the held-out pairs, where there are any. */
  heldOut?: (() => Promise<PairEvaluation>) | undefined;
}

interface Copy {
  step: number;
  values: nn.NamedTensor[];
}

/** The parameters that are trained, copied. */
async function copyOf(module: nn.Module): Promise<Copy> {
  const values: nn.NamedTensor[] = [];
  for (const [name, parameter] of module.namedParameters()) {
    const data = Float32Array.from((await parameter.data()) as Float32Array);
    values.push([name, tensor(data, { shape: parameter.shape })]);
  }
  return { step: 0, values };
}

async function write(from: Iterable<nn.NamedTensor>, to: Iterable<nn.NamedTensor>): Promise<void> {
  const targets = new Map(to);
  for (const [name, source] of from) targets.get(name)!.set(await source.data());
}

/**
 * Watches a training: a step is kept once the KL of its parameters is within the bound on the pairs of the next step, and on all
 * held-out pairs at each evaluation. Else the model is put back to the step before (if it passes on the held-out pairs), or to the
 * last evaluation that passed. Two copies of the trained parameters are held.
 */
export async function klGuard(module: nn.Module, { maxKl, nextBatch, heldOut }: KlGuardOptions) {
  const kept = await copyOf(module);
  const evaluated = heldOut ? await copyOf(module) : null;
  const mark: Tensor = tensor(Int32Array.of(0));
  let tooFar: number | null = null;
  const isWithin = (kl: number) => kl <= maxKl; // false for NaN
  const keep = async (copy: Copy, step: number) => {
    await write(module.namedParameters(), copy.values);
    copy.step = step;
  };

  async function start(step: number): Promise<void> {
    await keep(kept, step);
    if (step > 0) {
      if (evaluated) evaluated.step = await mark.item(); // of the checkpoint
      return;
    }
    const { kl } = (await (heldOut ? heldOut() : nextBatch(0))).scalars;
    if (isWithin(kl!)) return;
    throw new AlignError(
      "ERR_RANGE",
      `align/dpo: maxKl must be at least the KL that the training begins with, ${kl}, got ${maxKl}`,
      { fields: { maxKl, kl } },
    );
  }

  /** Puts the model back, and says to where. */
  async function stop(
    rejected: number,
    kl: number,
    on: KlStop["on"],
  ): Promise<(FitEvent | KlStop)[]> {
    const backTo = async ({ values }: Copy) => {
      await write(values, module.namedParameters());
      return heldOut?.();
    };
    let copy = on === "next-batch" ? kept : evaluated!;
    let measured = await backTo(copy);
    if (measured && copy === kept && !isWithin(measured.scalars.kl!)) {
      copy = evaluated!;
      measured = await backTo(copy);
    }
    const { step } = copy;
    const end: KlStop = { type: "kl-stop", step, rejected, kl, on, maxKl };
    return measured ? [{ type: "eval-end", step, ...measured }, end] : [end];
  }

  return {
    /** For checkpoints: the parameters of the last evaluation that passed. */
    part:
      evaluated &&
      (tensorsPart(() => [["step", mark], ...evaluated.values]) satisfies CheckpointPart),
    /** To be called after each update. */
    async afterStep(step: number): Promise<void> {
      const { kl } = (await nextBatch(step)).scalars;
      if (isWithin(kl!)) await keep(kept, step);
      else tooFar = kl!;
    },
    /** @returns null where the training goes on; else the events that end it, instead of this one */
    async check(event: FitEvent): Promise<(FitEvent | KlStop)[] | null> {
      if (event.type === "train-start") await start(event.step);
      if (event.type === "step-end" && tooFar !== null)
        return stop(event.step, tooFar, "next-batch");
      if (event.type !== "eval-end") return null;
      const kl = event.scalars.kl!;
      if (!isWithin(kl)) return stop(event.step, kl, "held-out");
      await keep(evaluated!, event.step);
      mark.set(Int32Array.of(event.step));
      return null;
    },
    dispose(): void {
      for (const [, values] of [...kept.values, ...(evaluated?.values ?? [])]) values.dispose();
      mark.dispose();
    },
  };
}
