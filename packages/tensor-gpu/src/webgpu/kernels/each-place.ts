import type { View } from "../../backend/view";
import type { Work } from "../counts";
import { streamed } from "../elementwise";
import { elementGroups, type Launcher, perElement } from "../launcher";

/** A kernel with a thread for each of `n` places, which finds its operands' elements itself. */
export interface PlaceKernel {
  readonly key: string;
  readonly n: number;
  readonly outs: Readonly<Record<string, View>>;
  readonly inputs: Readonly<Record<string, View>>;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** In WGSL, from `i`, the number of the place. */
  readonly body: string;
  /** Multiplications and additions per place. Default 0. */
  readonly flop?: number;
  /** Default: every operand is read or written once. */
  readonly work?: Work;
}

export function launchPlaces(launcher: Launcher, kernel: PlaceKernel): void {
  const { key, n, outs, inputs, numbers = {}, floats = {}, body, flop = 0 } = kernel;
  if (n === 0) return;
  launcher.launch({
    key,
    views: { ...outs, ...inputs },
    writes: Object.keys(outs),
    numbers: { n, ...numbers },
    floats,
    body: () => perElement(body),
    groups: elementGroups(n),
    work: kernel.work ?? streamed(Object.values(inputs), Object.values(outs), flop * n),
  });
}
