import { gelu, nn, relu, swiglu, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown, whole } from "../errors";
import { type InitialWeights, normalWeight } from "./initial-weights";

/** act(gate) · up; SiLU and the product are one kernel. */
const gated = {
  silu: swiglu,
  gelu: (gate, up) => gelu(gate).mul(up),
  geluTanh: (gate, up) => gelu(gate, { approximate: "tanh" }).mul(up),
  relu: (gate, up) => relu(gate).mul(up),
} satisfies Record<string, (gate: Tensor, up: Tensor) => Tensor>;

/** Options of {@link GatedMlp}. */
export interface GatedMlpOptions extends InitialWeights {
  /**
   * Initialisation of the weights: normal, as in `InitialWeights` (default), or the engine's rule for linear layers.
   */
  start?: "normal" | "linear" | undefined;
  /** Whether the layers have biases. Default false. */
  bias?: boolean | undefined;
  /** Whether gate and up are one projection, gate first. Default false. */
  isFused?: boolean | undefined;
  /** The gate's activation. Default `"silu"`. */
  activation?: "silu" | "gelu" | "geluTanh" | "relu" | undefined;
}

/**
 * A dense feed-forward network, down(act(gate(x)) · up(x)): the shared experts merged into one, a dense baseline, or the
 * dense layer of a decoder. The sum of `count` parallel networks of width f is one network of width count·f.
 * @see Shazeer 2020, equation 6
 */
export class GatedMlp extends nn.Module {
  static override readonly name: string = "GatedMlp";
  /** Null if gate and up are one projection; `upProj` likewise. */
  gateProj: nn.Linear | null = null;
  upProj: nn.Linear | null = null;
  gateUpProj: nn.Linear | null = null;
  downProj: nn.Linear;
  readonly activation: NonNullable<GatedMlpOptions["activation"]>;

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 */
  constructor(
    hiddenSize: number,
    readonly innerSize: number,
    options: GatedMlpOptions = {},
  ) {
    super();
    const {
      start = "normal",
      bias = false,
      isFused = false,
      activation = "silu",
      initStd,
      generator,
      ...rest
    } = optionsOf("GatedMlp", options);
    refuseUnknown("GatedMlp", rest);
    whole("GatedMlp", "hiddenSize", hiddenSize, { min: 1 });
    whole("GatedMlp", "innerSize", innerSize, { min: 1 });
    const init = (shape: readonly number[]) => normalWeight(shape, { initStd, generator });
    const linear = (inSize: number, outSize: number) =>
      new nn.Linear(inSize, outSize, { bias, init: start === "normal" ? init : undefined });
    if (isFused) this.gateUpProj = linear(hiddenSize, 2 * innerSize);
    else {
      this.gateProj = linear(hiddenSize, innerSize);
      this.upProj = linear(hiddenSize, innerSize);
    }
    this.downProj = linear(innerSize, hiddenSize);
    this.activation = activation;
  }

  /** @param x [..., hidden] @returns [..., hidden] */
  forward(x: Tensor): Tensor {
    return tidy(() => {
      const [gate, up] = (
        this.gateUpProj
          ? this.gateUpProj.forward(x).chunk(2)
          : [this.gateProj!.forward(x), this.upProj!.forward(x)]
      ) as [Tensor, Tensor];
      return this.downProj.forward(gated[this.activation](gate, up));
    });
  }
}
