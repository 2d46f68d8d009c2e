import { defaultGenerator, type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import type { ModelHooks } from "../model/hooks";
import { type EncoderBatch, encoderInput } from "./encoder-batch";
import { EncoderBody } from "./encoder-body";
import type { EncoderConfig } from "./encoder-config";
import { encoderLoss } from "./encoder-loss";
import { BertClassifier, BertMaskedLm, RobertaClassifier, RobertaMaskedLm } from "./heads";
import { matrixDrawer } from "./layers";

/** Options of a new {@link EncoderModel}. */
export interface EncoderModelOptions {
  /** Draws the initial weights (default: the package's generator); null leaves them 0, for a loader. */
  generator?: Generator | null | undefined;
  /** Draws the head's weights and BERT's pooler. Default: `generator`. */
  headGenerator?: Generator | null | undefined;
}

/** `bert.embeddings.layerNorm.weight` as Hugging Face spells it; only RoBERTa's masked-LM head uses `layer_norm`. */
function weightName(path: string): string {
  const snake = path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return snake.startsWith("lm_head.") ? snake : snake.replace("layer_norm", "LayerNorm");
}

/**
 * A BERT or RoBERTa encoder with a head for classification, regression or masked LM, as its configuration says.
 * New models have random weights; `loadEncoder` fills them from a folder.
 */
export class EncoderModel extends nn.Module {
  static override readonly name: string = "EncoderModel";
  bert: EncoderBody | null = null;
  roberta: EncoderBody | null = null;
  classifier: BertClassifier | RobertaClassifier | null = null;
  cls: BertMaskedLm | null = null;
  lmHead: RobertaMaskedLm | null = null;

  /**
   * @param config from `parseEncoderConfig`
   * @throws {LmError} `ERR_CONFIG` for the JSON of a configuration that was not parsed
   */
  constructor(
    readonly config: EncoderConfig,
    options: EncoderModelOptions = {},
  ) {
    const {
      generator = defaultGenerator,
      headGenerator = generator,
      ...rest
    } = optionsOf("EncoderModel", options);
    refuseUnknown("EncoderModel", rest);
    if (typeof config?.vocabSize !== "number")
      throw new LmError(
        "ERR_CONFIG",
        "lm/EncoderModel: config must come from parseEncoderConfig: new EncoderModel(parseEncoderConfig(json))",
        { fields: { config } },
      );
    super();
    const draw = matrixDrawer(generator, config.initializerRange);
    const drawHead = matrixDrawer(headGenerator, config.initializerRange);
    const body = new EncoderBody(config, draw, drawHead);
    const isMaskedLm = config.task === "masked-lm";
    if (config.modelType === "bert") {
      this.bert = body;
      if (isMaskedLm) this.cls = new BertMaskedLm(config, drawHead);
      else this.classifier = new BertClassifier(config, drawHead);
    } else {
      this.roberta = body;
      if (isMaskedLm) this.lmHead = new RobertaMaskedLm(config, drawHead);
      else this.classifier = new RobertaClassifier(config, drawHead);
    }
  }

  private get body(): EncoderBody {
    return this.bert ?? this.roberta!;
  }

  /**
   * The head's output for each row or token.
   * @returns [batch, classes], [batch, 1] for regression, or [batch, length, vocabulary] for masked LM
   * @throws {LmError} `ERR_SHAPE` for sizes that do not fit; `ERR_RANGE` for ids or types the model does not know, rows past
   *   its longest position, or rows whose mask counts nothing
   */
  forward(tokens: EncoderBatch, options: { hooks?: ModelHooks | undefined } = {}): Tensor {
    const { hooks, ...rest } = optionsOf("forward", options);
    refuseUnknown("forward", rest);
    return this.head(this.hiddenStates(tokens, hooks ? { hooks } : {}));
  }

  /** The last layer's hidden states, [batch, length, hidden]. The hook `residual` receives those of every layer. */
  hiddenStates(tokens: EncoderBatch, options: { hooks?: ModelHooks | undefined } = {}): Tensor {
    const { hooks, ...rest } = optionsOf("hiddenStates", options);
    refuseUnknown("hiddenStates", rest);
    const input = encoderInput(tokens, this.config);
    return this.body.forward(input, { keyMask: input.keyMask, hooks });
  }

  /** Only the head, from hidden states [batch, length, hidden]. */
  head(hidden: Tensor): Tensor {
    const maskedLm = this.cls ?? this.lmHead;
    if (maskedLm) return maskedLm.forward(hidden, this.body.embeddings.wordEmbeddings.weight);
    const { pooler } = this.body;
    return this.classifier!.forward(pooler ? pooler.forward(hidden) : hidden.select(1, 0));
  }

  /**
   * The mean cross-entropy over rows, the mean squared error for regression, or for masked LM the mean cross-entropy over all
   * labelled tokens of the batch.
   * @throws {LmError} as `forward`; `ERR_MISSING` without labels; `ERR_RANGE` for labels that the head does not have,
   *   or for no labels
   */
  loss(tokens: EncoderBatch): Tensor {
    return encoderLoss(this.forward(tokens), tokens, this.config, true);
  }

  /** The loss of each row as if it were alone, [batch]. @throws {LmError} as `loss`, for every row */
  rowLosses(tokens: EncoderBatch): Tensor {
    return encoderLoss(this.forward(tokens), tokens, this.config, false);
  }

  /** The weights themselves, gradients included, by their Hugging Face names. */
  namedWeights(): ReadonlyMap<string, Tensor> {
    return new Map([...this.namedTensors()].map(([path, weight]) => [weightName(path), weight]));
  }
}
