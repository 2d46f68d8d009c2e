import type { Kernels, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Adamw, ArrayRecord, ParameterRecord, Sgd, SquaredNorms } from "../generated/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

const NORM_BLOCK = 4096;
const ADAM_WORK = 4;
/** Rates are arguments, which replays do not change. */
const ONCE = { isReplayable: false };

type OptimiserKernels = Pick<Kernels, "squaredNorms" | "adamw" | "sgd">;

export function optimiserKernels(launcher: Launcher): OptimiserKernels {
  launcher.need(more);
  /** Lends a table of all parameters and passes the number of their elements. `factors`: decay and rate of a parameter. */
  const withTable = (
    slots: readonly OptimizerSlot[],
    factors: (slot: OptimizerSlot) => [number, number],
    use: (table: number, elements: number) => void,
  ) => {
    let elements = 0;
    const lines = slots.map((slot): ParameterRecord => {
      const place = elements;
      elements += slot.parameter.size;
      return [place, slot.parameter, slot.gradient, ...factors(slot)];
    });
    lines.push([elements, null, null, 0, 0]);
    launcher.withTable("ParameterRecord", lines, (table) => use(table, elements));
  };

  return {
    squaredNorms(out, views) {
      let blocks = 0;
      const lines = views.map((view: View): ArrayRecord => {
        const first = blocks;
        blocks += Math.ceil(view.size / NORM_BLOCK);
        return [first, view, view.size];
      });
      lines.push([blocks, null, 0]);
      launcher.withTable("ArrayRecord", lines, (table) =>
        launcher.borrow(4 * blocks, (partial) => {
          const args: SquaredNorms = [table, partial, out];
          launcher.run("squaredNormBlocks", args, blocks, grain(NORM_BLOCK));
          launcher.run("squaredNorms", args, views.length, views.length);
        }),
      );
    },
    adamw(slots, m, v, gradScale, { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }) {
      const factors = ({ weightDecay, lrScale }: OptimizerSlot): [number, number] => [
        1 - lr * lrScale * weightDecay,
        (lr * lrScale) / biasCorrection1,
      ];
      const coefficients = [beta1, 1 - beta1, beta2, 1 - beta2, 1 / biasCorrection2, eps] as const;
      withTable(slots, factors, (table, elements) => {
        const args: Adamw = [table, slots.length, m, v, gradScale, ...coefficients];
        launcher.run("adamw", args, elements, grain(ADAM_WORK), ONCE);
      });
    },
    sgd(slots, buffer, gradScale, { lr, momentum, dampening, nesterov, firstStep }) {
      const factors = ({ weightDecay, lrScale }: OptimizerSlot): [number, number] => [
        weightDecay,
        lr * lrScale,
      ];
      const coefficients = [momentum, 1 - dampening, nesterov, firstStep] as const;
      withTable(slots, factors, (table, elements) => {
        const args: Sgd = [table, slots.length, buffer, gradScale, ...coefficients];
        launcher.run("sgd", args, elements, grain(ADAM_WORK), ONCE);
      });
    },
  };
}
