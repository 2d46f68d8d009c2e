import type { Kernels, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const PARAMETER_WORDS = 5;
const ARRAY_WORDS = 3;
const NORM_BLOCK = 4096;
const ADAM_WORK = 4;
/** Rates are arguments, which replays would not change. */
const ONCE = { isReplayable: false };
const word = new Float32Array(1);
const bits = new Int32Array(word.buffer);

/** The four bytes of a float as an integer. */
function bitsOf(value: number): number {
  word[0] = value;
  return bits[0]!;
}

type OptimiserKernels = Pick<Kernels, "squaredNorms" | "adamw" | "sgd">;

export function optimiserKernels(launcher: Launcher): OptimiserKernels {
  /** Lends a table of all parameters (see `assembly/optimisers.as`) and says how many elements they have. */
  const withTable = (
    slots: readonly OptimizerSlot[],
    factors: (slot: OptimizerSlot) => [number, number],
    use: (table: number, elements: number) => void,
  ) =>
    launcher.borrow(4 * PARAMETER_WORDS * (slots.length + 1), (table) => {
      const memory = launcher.memoryInts;
      let elements = 0;
      let line = table >>> 2;
      for (const slot of slots) {
        const { parameter, gradient } = slot;
        const [first, second] = factors(slot);
        const addresses = [launcher.address(parameter), launcher.address(gradient)];
        setInts(memory, line, [elements, ...addresses, bitsOf(first), bitsOf(second)]);
        elements += parameter.size;
        line += PARAMETER_WORDS;
      }
      memory[line] = elements;
      use(table, elements);
    });

  return {
    squaredNorms(out, views) {
      const count = views.length;
      const blocksOf = (view: View) => Math.ceil(view.size / NORM_BLOCK);
      const blocks = views.reduce((sum, view) => sum + blocksOf(view), 0);
      const tableBytes = 4 * ARRAY_WORDS * (count + 1);
      launcher.borrow(tableBytes + 4 * blocks, (table) => {
        let line = table >>> 2;
        let block = 0;
        for (const view of views) {
          setInts(launcher.memoryInts, line, [block, launcher.address(view), view.size]);
          block += blocksOf(view);
          line += ARRAY_WORDS;
        }
        launcher.memoryInts[line] = block;
        setInts(launcher.ints, 0, [table, count, table + tableBytes, launcher.address(out)]);
        launcher.run("squaredNormBlocks", blocks, grain(NORM_BLOCK));
        launcher.run("squaredNorms", count, count);
      });
    },
    adamw(slots, m, v, gradScale, { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }) {
      const factors = ({ weightDecay, lrScale }: OptimizerSlot): [number, number] => [
        1 - lr * lrScale * weightDecay,
        (lr * lrScale) / biasCorrection1,
      ];
      withTable(slots, factors, (table, elements) => {
        const { ints, floats } = launcher;
        setInts(ints, 0, [table, slots.length, ...[m, v, gradScale].map(launcher.address)]);
        floats.set([beta1, 1 - beta1, beta2, 1 - beta2, 1 / biasCorrection2, eps], 5);
        launcher.run("adamw", elements, grain(ADAM_WORK), ONCE);
      });
    },
    sgd(slots, buffer, gradScale, { lr, momentum, dampening, nesterov, firstStep }) {
      const factors = ({ weightDecay, lrScale }: OptimizerSlot): [number, number] => [
        weightDecay,
        lr * lrScale,
      ];
      withTable(slots, factors, (table, elements) => {
        const { ints, floats } = launcher;
        setInts(ints, 0, [table, slots.length, ...[buffer, gradScale].map(launcher.address)]);
        floats.set([momentum, 1 - dampening], 4);
        setInts(ints, 6, [nesterov ? 1 : 0, firstStep ? 1 : 0]);
        launcher.run("sgd", elements, grain(ADAM_WORK), ONCE);
      });
    },
  };
}
