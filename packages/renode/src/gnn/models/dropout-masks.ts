import {
  copy_,
  dropout,
  type Generator,
  keep,
  ones,
  type Tensor,
  tidy,
} from "@deepgrain/tensor-gpu";

/** Rows that a step computes, of how many. */
export interface ComputedRows {
  /** int32 */
  readonly rows: Tensor;
  readonly size: number;
}

/** How a mask is drawn. */
interface Draw {
  readonly shape: readonly number[];
  readonly rate: number;
  readonly generator: Generator;
  /** Rows that get the factors which they would have among all; absent: all rows. */
  readonly computed?: ComputedRows | undefined;
}

interface Mask extends Draw {
  readonly values: Tensor;
}

/** 1/(1 − rate) or 0 for each element: the factors that `dropout` would apply. */
export function drawMask({ shape, rate, generator, computed }: Draw): Tensor {
  const all = computed ? [computed.size, ...shape.slice(1)] : [...shape];
  const mask = dropout(ones(all), rate, { generator });
  return computed ? mask.indexSelect(0, computed.rows) : mask;
}

/**
 * The dropout masks of a step as tensors drawn before it, so that the step can be recorded: recordings draw no numbers. The
 * values are bit-identical to those of `dropout` with the same generator.
 */
export class DropoutMasks {
  private readonly masks: Mask[] = [];
  private used = 0;

  /** Draws the masks of the next step, in the order in which the previous step used them. */
  begin(): void {
    this.used = 0;
    for (const mask of this.masks)
      tidy(() => {
        copy_(mask.values, drawMask(mask));
      });
  }

  /** Multiplies `x` by the next mask of the step; the first step creates the masks. */
  apply(x: Tensor, draw: Omit<Draw, "shape">): Tensor {
    if (draw.rate === 0) return x;
    const whole = { ...draw, shape: x.shape };
    const at = this.used++;
    this.masks[at] ??= { ...whole, values: keep(drawMask(whole)) };
    return x.mul(this.masks[at]!.values);
  }

  dispose(): void {
    for (const { values } of this.masks) values.dispose();
    this.masks.length = 0;
  }
}
