import {
  copy_,
  dropout,
  type Generator,
  keep,
  ones,
  type Tensor,
  tidy,
} from "@deepgrain/tensor-gpu";

interface Mask {
  readonly values: Tensor;
  readonly rate: number;
  readonly generator: Generator;
}

/** 1/(1 − rate) or 0 for each element: the factors that `dropout` would apply. */
const drawn = (shape: readonly number[], rate: number, generator: Generator): Tensor =>
  dropout(ones([...shape]), rate, { generator });

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
    for (const { values, rate, generator } of this.masks)
      tidy(() => {
        copy_(values, drawn(values.shape, rate, generator));
      });
  }

  /** Multiplies `x` by the next mask of the step; the first step creates the masks. */
  apply(x: Tensor, rate: number, generator: Generator): Tensor {
    if (rate === 0) return x;
    const at = this.used++;
    this.masks[at] ??= { values: keep(drawn(x.shape, rate, generator)), rate, generator };
    return x.mul(this.masks[at]!.values);
  }

  dispose(): void {
    for (const { values } of this.masks) values.dispose();
    this.masks.length = 0;
  }
}
