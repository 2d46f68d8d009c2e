import { boolean, type Given, oneOf, options, whole } from "@deepgrain/support/schema";
import { gelu, nn, relu, swiglu, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { check, read } from "../errors";
import { initialWeights, normalWeight } from "./initial-weights";

/** act(gate) · up; SiLU and the product are one kernel. */
const gated = {
  silu: swiglu,
  gelu: (gate, up) => gelu(gate).mul(up),
  geluTanh: (gate, up) => gelu(gate, { approximate: "tanh" }).mul(up),
  relu: (gate, up) => relu(gate).mul(up),
} satisfies Record<string, (gate: Tensor, up: Tensor) => Tensor>;

const gatedMlp = options({
  ...initialWeights,
  /** Initialisation of the weights: normal, as in `InitialWeights`, or the engine's rule for linear layers. */
  start: oneOf(["normal", "linear"], "normal"),
  /** Whether the layers have biases. */
  bias: boolean(false),
  /** Whether gate and up are one projection, gate first. */
  isFused: boolean(false),
  /** The gate's activation. */
  activation: oneOf(["silu", "gelu", "geluTanh", "relu"], "silu"),
});

/** Options of {@link GatedMlp}. */
export interface GatedMlpOptions extends Given<typeof gatedMlp> {}

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
    const settings = read(gatedMlp, "GatedMlp", options);
    const { start, bias, isFused, activation, initStd, generator } = settings;
    check("GatedMlp", "hiddenSize", hiddenSize, whole({ min: 1 }));
    check("GatedMlp", "innerSize", innerSize, whole({ min: 1 }));
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
