import { defaultGenerator, type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import type { EmbeddingSettings } from "../files/embedding-settings";
import type { ModelHooks } from "../model/hooks";
import { type EncoderBatch, encoderInput } from "./encoder-batch";
import { EncoderBody } from "./encoder-body";
import type { EncoderConfig, ModernBertConfig, PostNormConfig } from "./encoder-config";
import { encoderLoss } from "./encoder-loss";
import { encoderFamily } from "./families";
import { BertClassifier, BertMaskedLm, RobertaClassifier, RobertaMaskedLm } from "./heads";
import { type DrawMatrix, matrixDrawer, PlainDense } from "./layers";
import { ModernBody } from "./modern-body";
import { PredictionHead, VocabularyDecoder } from "./modern-heads";
import { poolHidden } from "./pool-hidden";
import { weightName } from "./weight-name";

/** Options of a new {@link EncoderModel}. */
export interface EncoderModelOptions {
  /** Draws the initial weights (default: the package's generator); null leaves them 0, for a loader. */
  generator?: Generator | null | undefined;
  /** Draws the head's weights and BERT's pooler. Default: `generator`. */
  headGenerator?: Generator | null | undefined;
}

/**
 * An encoder (BERT, RoBERTa, XLM-RoBERTa, DistilBERT or ModernBERT) with a head for classification, regression or masked
 * LM, or without one, as its configuration says. New models have random weights; `loadEncoder` fills them from a folder.
 */
export class EncoderModel extends nn.Module {
  static override readonly name: string = "EncoderModel";
  bert: EncoderBody | null = null;
  roberta: EncoderBody | null = null;
  distilbert: EncoderBody | null = null;
  model: ModernBody | null = null;
  predictionHead: PredictionHead | null = null;
  classifier: BertClassifier | RobertaClassifier | PlainDense | null = null;
  cls: BertMaskedLm | null = null;
  lmHead: RobertaMaskedLm | null = null;
  decoder: VocabularyDecoder | null = null;
  /** Before ModernBERT's classifier. */
  dropout: nn.Dropout | null = null;
  /** How the publisher makes one vector of a text, where a loader found it. */
  embedding: EmbeddingSettings | null = null;

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
    if (config.modelType === "modernbert") this.buildModern(config, draw, drawHead);
    else this.buildPostNorm(config, draw, drawHead);
  }

  private buildPostNorm(config: PostNormConfig, draw: DrawMatrix, drawHead: DrawMatrix): void {
    const { body, hasPooler } = encoderFamily(config);
    this[body as "bert"] = new EncoderBody(config, draw, drawHead);
    if (config.task === "features") return;
    if (config.task !== "masked-lm")
      this.classifier = new (hasPooler ? BertClassifier : RobertaClassifier)(config, drawHead);
    else if (config.modelType === "bert") this.cls = new BertMaskedLm(config, drawHead);
    else this.lmHead = new RobertaMaskedLm(config, drawHead);
  }

  private buildModern(config: ModernBertConfig, draw: DrawMatrix, drawHead: DrawMatrix): void {
    const { task, hiddenSize, labels } = config;
    this.model = new ModernBody(config, draw);
    if (task === "features") return;
    this.predictionHead = new PredictionHead(config, drawHead);
    if (task === "masked-lm") this.decoder = new VocabularyDecoder(config, drawHead);
    else {
      this.dropout = new nn.Dropout(config.classifierDropout);
      this.classifier = new PlainDense(hiddenSize, labels.length, drawHead, true);
    }
  }

  private get body(): EncoderBody | ModernBody {
    return (this.bert ?? this.roberta ?? this.distilbert ?? this.model)!;
  }

  /**
   * The head's output for each row or token; without a head the last hidden states.
   * @returns [batch, classes], [batch, 1] for regression, [batch, length, vocabulary] for masked LM, or [batch, length, hidden]
   * @throws {LmError} `ERR_SHAPE` for sizes that do not fit; `ERR_RANGE` for ids or types the model does not know, rows past
   *   its longest position, or rows whose mask counts nothing
   */
  forward(tokens: EncoderBatch, options: { hooks?: ModelHooks | undefined } = {}): Tensor {
    const { hooks, ...rest } = optionsOf("forward", options);
    refuseUnknown("forward", rest);
    return this.head(this.hiddenStates(tokens, hooks ? { hooks } : {}), tokens.attentionMask);
  }

  /** The last layer's hidden states, [batch, length, hidden]. The hook `residual` receives those of every layer. */
  hiddenStates(tokens: EncoderBatch, options: { hooks?: ModelHooks | undefined } = {}): Tensor {
    const { hooks, ...rest } = optionsOf("hiddenStates", options);
    refuseUnknown("hiddenStates", rest);
    const input = encoderInput(tokens, this.config);
    return this.body.forward(input, { keyMask: input.keyMask, hooks });
  }

  /**
   * Only the head, from hidden states [batch, length, hidden].
   * @param attentionMask of the batch, for a classifier that sees the mean of a row's tokens; default: all count
   */
  head(hidden: Tensor, attentionMask?: ArrayLike<number>): Tensor {
    const { config } = this;
    if (config.task === "features") return hidden;
    if (config.modelType === "modernbert") return this.modernHead(config, hidden, attentionMask);
    const maskedLm = this.cls ?? this.lmHead;
    if (maskedLm) return maskedLm.forward(hidden, this.body.wordTable);
    const { pooler } = this.body;
    return this.classifier!.forward(pooler ? pooler.forward(hidden) : hidden.select(1, 0));
  }

  private modernHead(
    { classifierPooling }: ModernBertConfig,
    hidden: Tensor,
    attentionMask: ArrayLike<number> | undefined,
  ): Tensor {
    if (this.decoder)
      return this.decoder.forward(this.predictionHead!.forward(hidden), this.body.wordTable);
    const pooled = poolHidden(hidden, attentionMask, classifierPooling);
    const dropped = this.dropout!.forward(this.predictionHead!.forward(pooled));
    return this.classifier!.forward(dropped);
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
    const { names } = encoderFamily(this.config);
    return new Map(
      [...this.namedTensors()].map(([path, weight]) => [weightName(path, names), weight]),
    );
  }
}
