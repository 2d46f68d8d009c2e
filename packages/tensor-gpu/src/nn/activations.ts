import { assertKind } from "../errors";
import { flatten } from "../ops/shape-ops";
import { type GeluOptions, geluOperator, relu, silu, unary } from "../ops/unary";
import type { Tensor } from "../tensor/tensor";
import { Module } from "./module";

/** max(x, 0) as a layer. */
export class ReLU extends Module {
  static override readonly name: string = "ReLU";

  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** GELU as a layer; see `gelu`. */
export class GELU extends Module {
  static override readonly name: string = "GELU";

  private readonly _operator: "gelu" | "geluTanh";

  /** @param options.approximate `"none"` (erf, default) or `"tanh"` @throws {TensorError} `ERR_RANGE`, `ERR_ARGUMENT` */
  constructor(options: GeluOptions = {}) {
    super();
    this._operator = geluOperator("GELU", options);
  }

  forward(x: Tensor): Tensor {
    return unary(this._operator, x);
  }
}

/** x·sigmoid(x) as a layer. */
export class SiLU extends Module {
  static override readonly name: string = "SiLU";

  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** Merges the axes from `start` to `end` into one: with the defaults, all but the first. */
export class Flatten extends Module {
  static override readonly name: string = "Flatten";

  constructor(
    /** First axis that is merged. Default 1. */
    readonly start = 1,
    /** Last axis that is merged. Default −1. */
    readonly end = -1,
  ) {
    super();
    const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
    assertKind(isWhole, "Flatten", "needs axes", start);
  }

  forward(x: Tensor): Tensor {
    return flatten(x, this.start, this.end);
  }
}
