import type { FeedForward, FeedForwardOptions } from "@deepgrain/moe";
import {
  type Generator,
  linear,
  nn,
  randn,
  rope,
  scaledDotProductAttention,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";

/** Ids of a model that reads bytes. */
export const VOCABULARY = 256;

/** Sizes of a decoder without its feed-forward networks. */
export interface DecoderSizes {
  hiddenSize: number;
  heads: number;
  layers: number;
  /** Longest sequence. */
  length: number;
  /** Ids are below this. Default 256: bytes. */
  vocabulary?: number;
}

interface Drawing {
  std: number;
  generator: Generator;
}

const matrix = (rows: number, columns: number, drawing: Drawing): Tensor =>
  nn.parameter(randn([rows, columns], drawing));

interface Places {
  cos: Tensor;
  sin: Tensor;
  /** int32 [batch, length] */
  positions: Tensor;
}

class Attention extends nn.Module {
  qkv: Tensor;
  out: Tensor;

  constructor(
    hiddenSize: number,
    private readonly _heads: number,
    drawing: Drawing,
  ) {
    super();
    this.qkv = matrix(3 * hiddenSize, hiddenSize, drawing);
    this.out = matrix(hiddenSize, hiddenSize, drawing);
  }

  forward(x: Tensor, { cos, sin, positions }: Places): Tensor {
    const [batch, length, hidden] = x.shape as [number, number, number];
    const heads = this._heads;
    const all = linear(x, this.qkv).reshape([batch, length, 3 * heads, hidden / heads]);
    const turned = rope(all.narrow(2, 0, 2 * heads), cos, sin, positions);
    const mixed = scaledDotProductAttention(
      turned.narrow(2, 0, heads),
      turned.narrow(2, heads, heads),
      all.narrow(2, 2 * heads, heads),
      { isCausal: true },
    );
    return linear(mixed.reshape([batch, length, hidden]), this.out);
  }
}

class Block extends nn.Module {
  attentionNorm: nn.RMSNorm;
  attention: Attention;
  feedForwardNorm: nn.RMSNorm;

  constructor(
    { hiddenSize, heads }: DecoderSizes,
    drawing: Drawing,
    public feedForward: FeedForward,
  ) {
    super();
    this.attentionNorm = new nn.RMSNorm(hiddenSize);
    this.attention = new Attention(hiddenSize, heads, drawing);
    this.feedForwardNorm = new nn.RMSNorm(hiddenSize);
  }

  forward(x: Tensor, options: FeedForwardOptions, places: Places): Tensor {
    const u = x.add(this.attention.forward(this.attentionNorm.forward(x), places));
    return u.add(this.feedForward.forward(this.feedForwardNorm.forward(u), options));
  }
}

/** Cosine and sine of every position and pair: frequencies 10000^(−2i/d). */
function rotaryTables(length: number, headSize: number): { cos: Tensor; sin: Tensor } {
  const half = headSize / 2;
  const table = (wave: (angle: number) => number) => {
    const values = Float32Array.from({ length: length * half }, (_, i) =>
      wave(Math.floor(i / half) * 10_000 ** (-(i % half) / half)),
    );
    return nn.buffer(tensor(values, { shape: [length, half] }));
  };
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/**
 * A pre-norm decoder with rotary positions, whose feed-forward networks are given: the frame in which all methods
 * are compared.
 * @see DeepSeekMoE (Dai et al. 2024), section 4.1; standard Transformer parts as in LLaMA
 */
export class TinyDecoder extends nn.Module {
  embedding: nn.Embedding;
  blocks: Block[];
  norm: nn.RMSNorm;
  head: Tensor;
  cos: Tensor;
  sin: Tensor;

  /** @param feedForwards one per layer */
  constructor(sizes: DecoderSizes, drawing: Drawing, feedForwards: readonly FeedForward[]) {
    super();
    const { hiddenSize, heads, length, vocabulary = VOCABULARY } = sizes;
    this.embedding = new nn.Embedding(vocabulary, hiddenSize, drawing);
    this.blocks = feedForwards.map((feedForward) => new Block(sizes, drawing, feedForward));
    this.norm = new nn.RMSNorm(hiddenSize);
    this.head = matrix(vocabulary, hiddenSize, drawing);
    ({ cos: this.cos, sin: this.sin } = rotaryTables(length, hiddenSize / heads));
  }

  get feedForwards(): FeedForward[] {
    return this.blocks.map(({ feedForward }) => feedForward);
  }

  /**
   * @param ids int32 [batch, length]
   * @param options what all feed-forward networks get besides the ids
   * @returns [batch, length, vocabulary] logits of the next id
   */
  forward(ids: Tensor, options: FeedForwardOptions = {}): Tensor {
    const [batch, length] = ids.shape as [number, number];
    const positions = tensor(
      Int32Array.from({ length: batch * length }, (_, i) => i % length),
      { shape: [batch, length] },
    );
    const places = { cos: this.cos, sin: this.sin, positions };
    let x = this.embedding.forward(ids);
    for (const block of this.blocks) x = block.forward(x, { ...options, tokenIds: ids }, places);
    return linear(this.norm.forward(x), this.head);
  }
}
