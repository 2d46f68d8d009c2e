import type { Work } from "../counts";
import { streamed } from "../elementwise";
import { elementGroups, type Launcher, perElement } from "../launcher";
import type { RowKernel } from "../rows";

/** A kernel with a thread for each of `n` places, `i` in WGSL, which finds its operands' elements itself. */
export interface PlaceKernel extends Omit<RowKernel, "rows" | "width" | "flop"> {
  readonly n: number;
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
