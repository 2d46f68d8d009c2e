import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { familyTraits, type Gpt2Config, type RotaryModelConfig } from "../config";
import { DecoderBlock, decoderNorm, type Rotaries } from "./decoder-block";
import { Gpt2Block } from "./gpt2";
import type { OffsetNorm } from "./offset-norm";
import { rotariesOf } from "./rotary";

/** Embeddings, blocks and last norm of the families with rotary positions. */
export class Decoder extends nn.Module {
  static override readonly name: string = "Decoder";
  embedTokens: nn.Embedding;
  layers: DecoderBlock[];
  norm: nn.RMSNorm | OffsetNorm;
  private readonly _rotaries: Rotaries;
  /** Multiplies the embeddings. */
  readonly embeddingFactor: number;

  constructor(config: RotaryModelConfig) {
    super();
    const rotaries = rotariesOf(config);
    this._rotaries = rotaries;
    this.embeddingFactor = familyTraits(config).embeddingFactor;
    this.embedTokens = new nn.Embedding(config.vocabSize, config.hiddenSize);
    this.layers = Array.from(
      { length: config.numHiddenLayers },
      (_, layer) => new DecoderBlock(config, layer, rotaries),
    );
    this.norm = decoderNorm(config);
  }

  /** The tables that `Rotary.tablesFor` gives the layers: other tensors if the tables were made anew. */
  rotaryTables(length: number): Tensor[] {
    return Object.values(this._rotaries).map((rotary) => rotary.tablesFor(length).cos);
  }

  embed(ids: Tensor): Tensor {
    const rows = this.embedTokens.forward(ids);
    return this.embeddingFactor === 1 ? rows : rows.mul(this.embeddingFactor);
  }

  get blocks(): readonly DecoderBlock[] {
    return this.layers;
  }

  get tokenEmbedding(): Tensor {
    return this.embedTokens.weight;
  }

  get finalNorm(): nn.RMSNorm | OffsetNorm {
    return this.norm;
  }

  finish(x: Tensor): Tensor {
    return this.norm.forward(x);
  }

  override dispose(): void {
    for (const rotary of Object.values(this._rotaries)) rotary.dispose();
    super.dispose();
  }
}

/** The same for GPT-2, whose positions are learned. */
export class Gpt2Decoder extends nn.Module {
  static override readonly name: string = "Gpt2Decoder";
  wte: nn.Embedding;
  wpe: nn.Embedding;
  h: Gpt2Block[];
  lnF: nn.LayerNorm;

  constructor(config: Gpt2Config) {
    super();
    this.wte = new nn.Embedding(config.vocabSize, config.hiddenSize);
    this.wpe = new nn.Embedding(config.maxPositionEmbeddings, config.hiddenSize);
    this.h = Array.from(
      { length: config.numHiddenLayers },
      (_, layer) => new Gpt2Block(config, layer),
    );
    this.lnF = new nn.LayerNorm(config.hiddenSize, config.layerNormEps);
  }

  embed(ids: Tensor, positions: Tensor): Tensor {
    return this.wte.forward(ids).add(this.wpe.forward(positions));
  }

  get blocks(): readonly Gpt2Block[] {
    return this.h;
  }

  get tokenEmbedding(): Tensor {
    return this.wte.weight;
  }

  get finalNorm(): nn.LayerNorm {
    return this.lnF;
  }

  finish(x: Tensor): Tensor {
    return this.lnF.forward(x);
  }
}
