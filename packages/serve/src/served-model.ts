import {
  type AsyncLogitsProcessor,
  type Batcher,
  type BatcherOptions,
  type CausalLM,
  createBatcher,
  type EncoderModel,
  type ModelConfig,
  type Tokenizer,
} from "@deepgrain/lm";
import { fail, optionsOf, refuseUnknown } from "./errors";
import { type TokenText, tokenTexts } from "./generation/token-text";
import { markBatcher } from "./mark-batcher";

/** What a watermark must be; `createWatermark` of `@deepgrain/watermark` makes one. */
export interface Watermark {
  createProcessor(options: { promptLength: number }): AsyncLogitsProcessor;
  readonly profile: { readonly scheme: string };
}

/** A model and how it is served: with a language model, with an encoder, or with both. */
export interface ServedModel {
  tokenizer: Tokenizer;
  /** Generates in this thread. */
  model?: CausalLM | undefined;
  /** Generates elsewhere, or for other callers too; needs `config`. */
  batcher?: Batcher | undefined;
  /** The configuration of the batcher's model. Default: of `model`. */
  config?: Pick<ModelConfig, "maxPositionEmbeddings" | "eosTokenId"> | undefined;
  /** Writes the prompt that fills in the middle; `fimPrompt` of `@deepgrain/coder` does. Default: `suffix` is refused. */
  fim?: ((parts: { prefix: string; suffix: string }) => string) | undefined;
  /** Marks every text. */
  watermark?: Watermark | undefined;
  /** Answers `/v1/embeddings`. */
  encoder?: EncoderModel | undefined;
  /** The type of the weights, for `system_fingerprint`. Default: of `model`. */
  dtype?: string | undefined;
}

/** A model as the endpoints see it. */
export interface OpenModel {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  /** Undefined for an encoder alone. */
  readonly batcher: Batcher | undefined;
  /** Whether this handler made the batcher, and closes it. */
  readonly isOwnBatcher: boolean;
  readonly contextLength: number;
  readonly endIds: ReadonlySet<number>;
  readonly fim: ServedModel["fim"];
  readonly encoder: EncoderModel | undefined;
  readonly fingerprint: string;
  tokenText(id: number): TokenText;
}

/** The type of a model's matrices. */
const matrixType = (model: CausalLM | EncoderModel): string =>
  [...model.namedTensors()].find(([, weight]) => weight.shape.length === 2)?.[1].dtype ?? "float32";

const endIdsOf = (
  { eosTokenId }: Pick<ModelConfig, "eosTokenId">,
  tokenizer: Tokenizer,
): ReadonlySet<number> =>
  new Set([eosTokenId, tokenizer.eosTokenId].flat().filter((id) => typeof id === "number"));

/**
 * Prepares a model for the endpoints.
 * @throws {ServeError} `ERR_ARGUMENT` where neither model, batcher nor encoder is given, for a batcher without `config`, and
 *   for an option that does not exist
 */
export function openModel(name: string, served: ServedModel, options: BatcherOptions): OpenModel {
  const {
    tokenizer,
    model,
    batcher,
    config = model?.config,
    fim,
    watermark,
    encoder,
    dtype,
    ...rest
  } = optionsOf("createHandler", served);
  refuseUnknown("createHandler", rest);
  if (typeof tokenizer?.encode !== "function")
    fail("ERR_ARGUMENT", `createHandler: ${name} needs a tokenizer`);
  if (!model && !batcher && !encoder)
    fail("ERR_ARGUMENT", `createHandler: ${name} needs a model, a batcher or an encoder`);
  if (batcher && !config)
    fail("ERR_ARGUMENT", `createHandler: ${name} has a batcher and needs the config of its model`);
  const inner = batcher ?? (model && createBatcher(model, options));
  const weights = model ?? encoder;
  const type = dtype ?? (weights ? matrixType(weights) : "float32");
  return {
    name,
    tokenizer,
    batcher: inner && watermark ? markBatcher(inner, watermark) : inner,
    isOwnBatcher: !batcher,
    contextLength: config?.maxPositionEmbeddings ?? 0,
    endIds: config ? endIdsOf(config, tokenizer) : new Set(),
    fim,
    encoder,
    fingerprint: [name, type, watermark?.profile.scheme].filter(Boolean).join("-"),
    tokenText: tokenTexts(tokenizer),
  };
}
