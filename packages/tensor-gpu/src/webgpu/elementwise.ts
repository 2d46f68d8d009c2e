import type { View } from "../backend/view";
import { mergedAxes } from "../gpu/layout";
import type { Work } from "./counts";
import { elementGroups, type Launcher, perElement } from "./launcher";

/** How an element is read and written: its number, or its bits. */
export type As = "f32" | "i32" | "u32";

const READ: Record<As, string> = { f32: "at", i32: "int", u32: "bits" };
const WRITE: Record<As, string> = { f32: "put", i32: "put_int", u32: "put_bits" };
const ZERO: Record<As, string> = { f32: "0.0", i32: "0", u32: "0u" };

/** A kernel that computes elements one by one. */
export interface Elementwise {
  readonly key: string;
  readonly out: View;
  /** Views of the shape of `out`, of any strides. In WGSL `v0`, `v1`, … are their elements. */
  readonly inputs: readonly View[];
  readonly numbers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Type of `value`. Default f32. */
  readonly as?: As;
  /** Types of the inputs. Default: that of `value`. */
  readonly from?: readonly As[];
  /** A second output of the shape of `out`, to which `other` is written. */
  readonly also?: View;
  /** Statements that set `value` (and `other`); `i` is the element's index in row-major order. */
  readonly body: string;
  /** Multiplications and additions per element. Default 1. */
  readonly flop?: number;
}

/** Work of a kernel that reads and writes each element of its operands once. */
export const streamed = (reads: readonly View[], writes: readonly View[], flop: number): Work => {
  const bytes = (views: readonly View[]) => views.reduce((sum, { size }) => sum + 4 * size, 0);
  return { flop, bytesRead: bytes(reads), bytesWritten: bytes(writes) };
};

/** Names, strides and code by which a kernel finds element `i` of views of one shape. */
function placesOf(names: readonly string[], views: readonly View[]) {
  const strides = views.map((view) => view.strides);
  const axes = mergedAxes(views[0]!.shape, strides);
  const isFlat = axes.length === 0 || (axes.length === 1 && axes[0]!.strides.every((s) => s === 1));
  const numbers: Record<string, number> = {};
  if (isFlat) return { key: "flat", numbers, head: "", at: () => "i" };
  let head = "var left = i;\n";
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    if (axis === 0) head += "  let index0 = left;\n";
    else {
      numbers[`length${axis}`] = axes[axis]!.length;
      head += `  let index${axis} = left % a.length${axis}; left = left / a.length${axis};\n`;
    }
    for (const [k, stride] of axes[axis]!.strides.entries())
      numbers[`step_${names[k]}${axis}`] = stride;
  }
  const at = (name: string) =>
    axes.map((_, axis) => `index${axis} * a.step_${name}${axis}`).join(" + ");
  return { key: `${axes.length}`, numbers, head, at };
}

/** Computes `body` for every element of `out`. */
export function elementwise(launcher: Launcher, kernel: Elementwise): void {
  const { key, out, also, inputs, numbers = {}, floats = {}, as = "f32", body, flop = 1 } = kernel;
  if (out.size === 0) return;
  const { from = inputs.map(() => as) } = kernel;
  const outs = also ? { out, also } : { out };
  const writes = Object.keys(outs);
  const names = inputs.map((_, k) => `x${k}`);
  const places = placesOf([...writes, ...names], [...Object.values(outs), ...inputs]);
  const reads = names.map((x, k) => `  let v${k} = ${x}_${READ[from[k]!]}(${places.at(x)});\n`);
  const put = (name: string, value: string) =>
    `${name}_${WRITE[as]}(${places.at(name)}, ${value});`;
  launcher.launch({
    key: `${key}:${places.key}`,
    views: { ...outs, ...Object.fromEntries(names.map((x, k) => [x, inputs[k]!])) },
    writes,
    numbers: { n: out.size, ...numbers, ...places.numbers },
    floats,
    body: () =>
      perElement(`${places.head}${reads.join("")}
  var value = ${ZERO[as]};${also ? ` var other = ${ZERO[as]};` : ""}
  ${body}
  ${put("out", "value")} ${also ? put("also", "other") : ""}`),
    groups: elementGroups(out.size),
    work: streamed(inputs, Object.values(outs), flop * out.size),
  });
}
