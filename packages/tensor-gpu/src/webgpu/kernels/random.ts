import type { DType } from "../../backend/view";
import { elementwise } from "../elementwise";
import type { OnLauncher } from "../launcher";

/** Integer operations of ten rounds of Philox. */
const FLOP = 100;
const WORD = 2 ** 32;
const LANES = 4;

/** Where the sequence of a seed begins. A block has four words. */
function startOf(seed: number, offset: number): Record<string, number> {
  const block = Math.floor(offset / LANES);
  return {
    seedLow: seed % WORD,
    seedHigh: Math.floor(seed / WORD),
    blockLow: block % WORD,
    blockHigh: Math.floor(block / WORD),
    lane: offset % LANES,
  };
}

/** Sets `words`, those of the element's block, and `own`, the number of the element's word among them. */
const WORDS = `let place = a.lane + i;
  let low = a.blockLow + (place >> 2u);
  let high = a.blockHigh + select(0u, 1u, low < a.blockLow);
  let words = philox(vec2u(a.seedLow, a.seedHigh), vec2u(low, high));
  let own = place & 3u;`;

/** The least whole number of 2⁻²⁴ that is not below `p`: comparing with it is exact. */
const threshold = (p: number) => Math.min(2 ** 24, Math.max(0, Math.ceil(p * 2 ** 24)));

/** Box–Muller: the even word of a pair gives the radius, the odd one the angle. */
const NORMAL = `let even = words[own & 2u];
  let odd = words[own | 1u];
  let radius = sqrt(-2.0 * logOf(f32((even >> 8u) + 1u) * 5.9604644775390625e-8));
  let quarters = f32(odd >> 8u) * 2.384185791015625e-7;
  let whole = floor(quarters + 0.5);
  let drawn = radius * sinOfTurn(vec2f(whole, quarters - whole), select(1, 0, (own & 1u) == 1u));
  let number = a.low + a.high * drawn;`;

const UNIFORM = `let drawn = f32(words[own] >> 8u) * 5.9604644775390625e-8;
  let number = a.low + (a.high - a.low) * drawn;`;

/** Code that makes an element of the element's number. */
function fromNumber(dtype: DType): string {
  if (dtype === "float32") return "value = number;";
  return `value = ${dtype === "bool" ? "select(1, 0, number == 0.0)" : "truncated(number)"};`;
}

export const randomKernels = {
  random(launcher, kind, out, seed, offset, a, b) {
    launcher.refuse("drawing random numbers");
    const as = out.dtype === "float32" ? "f32" : "i32";
    const draw = { key: `${kind}:${out.dtype}`, out, inputs: [], as, flop: FLOP } as const;
    const start = startOf(seed, offset);
    if (kind === "bernoulli") {
      const body = `${WORDS}\n  value = ${as}((words[own] >> 8u) < a.limit);`;
      elementwise(launcher, { ...draw, numbers: { ...start, limit: threshold(a) }, body });
    } else {
      const number = kind === "normal" ? NORMAL : UNIFORM;
      const body = `${WORDS}\n  ${number}\n  ${fromNumber(out.dtype)}`;
      elementwise(launcher, { ...draw, numbers: start, floats: { low: a, high: b }, body });
    }
  },

  dropout(launcher, out, x, p, seed, offset) {
    launcher.refuse("dropout");
    const numbers = { ...startOf(seed, offset), limit: threshold(p) };
    const floats = { kept: 1 - p };
    const body = `${WORDS}\n  if ((words[own] >> 8u) >= a.limit) { value = v0 / a.kept; }`;
    elementwise(launcher, { key: "dropout", out, inputs: [x], numbers, floats, body, flop: FLOP });
  },
} satisfies Partial<OnLauncher>;
