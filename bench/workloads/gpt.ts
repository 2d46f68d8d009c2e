import {
  add,
  crossEntropy,
  type Generator,
  gelu,
  nn,
  optim,
  scaledDotProductAttention,
  type Tensor,
} from "@deepgrain/tensor-gpu";
import { randomIds } from "./random-ids";
import type { Workload } from "./workload";

/** Sizes of a small GPT and its batch. */
export interface GptSizes {
  layers: number;
  /** Width. */
  d: number;
  heads: number;
  context: number;
  batch: number;
  vocabulary: number;
}

class Block extends nn.Module {
  ln1: nn.LayerNorm;
  qkv: nn.Linear;
  out: nn.Linear;
  ln2: nn.LayerNorm;
  up: nn.Linear;
  down: nn.Linear;

  constructor(
    { d, heads }: GptSizes,
    init: nn.InitOptions,
    private readonly _heads = heads,
  ) {
    super();
    this.ln1 = new nn.LayerNorm(d);
    this.qkv = new nn.Linear(d, 3 * d, init);
    this.out = new nn.Linear(d, d, init);
    this.ln2 = new nn.LayerNorm(d);
    this.up = new nn.Linear(d, 4 * d, init);
    this.down = new nn.Linear(4 * d, d, init);
  }

  /** @param x shape [batch, context, d] */
  forward(x: Tensor): Tensor {
    const [batch, context, d] = x.shape as [number, number, number];
    const [q, k, v] = this.qkv
      .forward(this.ln1.forward(x))
      .reshape([batch, context, 3 * this._heads, d / this._heads])
      .chunk(3, 2) as [Tensor, Tensor, Tensor];
    const mixed = scaledDotProductAttention(q, k, v, { isCausal: true });
    const y = add(x, this.out.forward(mixed.reshape([batch, context, d])));
    const inner = gelu(this.up.forward(this.ln2.forward(y)), { approximate: "tanh" });
    return add(y, this.down.forward(inner));
  }
}

class Gpt extends nn.Module {
  tokens: nn.Embedding;
  places: nn.Embedding;
  blocks: Block[];
  norm: nn.LayerNorm;
  head: nn.Linear;

  constructor(sizes: GptSizes, init: nn.InitOptions) {
    super();
    const { d, vocabulary, context, layers } = sizes;
    this.tokens = new nn.Embedding(vocabulary, d, { std: 0.02, ...init });
    this.places = new nn.Embedding(context, d, { std: 0.02, ...init });
    this.blocks = Array.from({ length: layers }, () => new Block(sizes, init));
    this.norm = new nn.LayerNorm(d);
    this.head = new nn.Linear(d, vocabulary, { bias: false, ...init });
  }

  /** @param ids int32 [batch, context] @returns shape [batch, context, vocabulary] */
  forward(ids: Tensor): Tensor {
    let x = add(this.tokens.forward(ids), this.places.weight);
    for (const block of this.blocks) x = block.forward(x);
    return this.head.forward(this.norm.forward(x));
  }
}

/** A GPT with learned positions, plain attention heads and GELU, trained by Adam on one batch of random tokens. */
export function gpt(sizes: GptSizes, generator: Generator): Workload {
  const { batch, context, vocabulary } = sizes;
  const model = new Gpt(sizes, { generator });
  const [ids, targets] = [0, 1].map(() => randomIds([batch, context], vocabulary, generator)) as [
    Tensor,
    Tensor,
  ];
  return {
    unit: "tokens",
    unitsPerStep: batch * context,
    parameters: model.parameters(),
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0 }),
    forward: () => crossEntropy(model.forward(ids), targets),
  };
}
