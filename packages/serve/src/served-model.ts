import {
  type Batcher,
  type BatcherOptions,
  type CausalLM,
  createBatcher,
  createPromptEncoder,
  type EncoderModel,
  type PromptEncoder,
  type Tokenizer,
} from "@deepgrain/lm";
import type { ToolFormat } from "@deepgrain/lm/tools";
import { fail, having, optionsOf, refuseUnknown, whole } from "./errors";
import { boundedPrompts } from "./generation/bounded-prompts";
import { type LineByKey, lineByKey } from "./generation/line-by-key";
import { type TokenText, tokenTexts } from "./generation/token-text";
import { markBatcher, type Watermark } from "./mark-batcher";

/** A text whose middle is missing. */
export interface TextWithHole {
  readonly prefix: string;
  readonly suffix: string;
  /** Other files, which the model reads before the text, in this order. */
  readonly files?: readonly { readonly path: string; readonly text: string }[] | undefined;
}

/** A model and how it is served: with a language model, with an encoder, or with both. */
export interface ServedModel {
  tokenizer: Tokenizer;
  /** Encodes prompts elsewhere, as `connectPromptEncoder` does. Default: in this thread, in slices. */
  promptEncoder?: PromptEncoder | undefined;
  /** Generates in this thread. */
  model?: CausalLM | undefined;
  /** Generates elsewhere, or for other callers too; needs `contextLength`. */
  batcher?: Batcher | undefined;
  /** Tokens that the batcher's model reads and writes together. Default: of `model`. */
  contextLength?: number | undefined;
  /**
   * Writes the prompt that fills in the middle; `fimPrompt` of `@deepgrain/coder` does. Only `/infill` has other files. Default:
   * `suffix` and `/infill` are refused.
   */
  fim?: ((parts: TextWithHole) => string) | undefined;
  /** The form in which the model calls tools. Default: recognised from its chat template. */
  toolFormat?: ToolFormat | undefined;
  /** Marks every text. Without `createProcessor` it names what the batcher does already. */
  watermark?: Watermark | Pick<Watermark, "profile"> | undefined;
  /** Answers `/v1/embeddings`: an encoder, or a decoder such as Qwen3-Embedding, also that of `model`. */
  encoder?: EncoderModel | CausalLM | undefined;
  /** The type of the weights, for `system_fingerprint`. Default: of `model`. */
  dtype?: string | undefined;
}

/** A model as the endpoints see it. */
export interface OpenModel {
  readonly name: string;
  /** Decodes; what clients send is encoded by `prompts`. */
  readonly tokenizer: Tokenizer;
  readonly prompts: PromptEncoder;
  /** Compiles schemas, of each key one at a time. */
  readonly schemas: LineByKey;
  /** Undefined for an encoder alone. */
  readonly batcher: Batcher | undefined;
  /** Whether this handler made the batcher, and closes it. */
  readonly isOwnBatcher: boolean;
  readonly contextLength: number;
  readonly fim: ServedModel["fim"];
  readonly toolFormat: ToolFormat | undefined;
  /** The ids of the sentinels around a hole: begin, hole and end. Undefined where the tokenizer lacks one. */
  readonly fimIds: readonly number[] | undefined;
  readonly encoder: EncoderModel | CausalLM | undefined;
  /** The type of the weights. */
  readonly dtype: string;
  readonly fingerprint: string;
  tokenText(id: number): TokenText;
}

/** The type of a model's matrices. */
const matrixType = (model: CausalLM | EncoderModel): string =>
  [...model.namedTensors()].find(([, weight]) => weight.shape.length === 2)?.[1].dtype ?? "float32";

/** The ids of the three sentinels; one that the tokenizer lacks would be many tokens. */
function sentinelIds(fim: ServedModel["fim"], tokenizer: Tokenizer): number[] | undefined {
  const ids = fim && tokenizer.encode(fim({ prefix: "", suffix: "" }), { addSpecialTokens: false });
  return ids?.length === 3 ? ids : undefined;
}

/** @throws {ServeError} `ERR_ARGUMENT` for what makes no vectors, and for a tokenizer with more tokens than it has */
function checkEncoder(name: string, { encoder, tokenizer }: ServedModel): void {
  if (encoder === undefined) return;
  const { config } = having("createHandler", `${name}.encoder`, encoder, "config", "hiddenStates");
  if (tokenizer.vocabSize > config.vocabSize)
    fail(
      "ERR_ARGUMENT",
      `createHandler: the tokenizer of ${name} has ${tokenizer.vocabSize} tokens, its encoder ${config.vocabSize}`,
    );
}

/** Prompts that may be encoded at a time: as many as a batcher of these options runs and lets wait. */
const mostPrompts = ({ queue = 64, maxSequences = 16 }: BatcherOptions) => queue + maxSequences;

/**
 * Prepares a model for the endpoints.
 * @throws {ServeError} `ERR_ARGUMENT` where neither model, batcher nor encoder is given, for an encoder of another tokenizer, and for
 *   an option that does not exist; `ERR_RANGE` for a batcher without `contextLength`
 */
export function openModel(name: string, served: ServedModel, options: BatcherOptions): OpenModel {
  const {
    tokenizer,
    promptEncoder,
    model,
    batcher,
    contextLength = model?.config.maxPositionEmbeddings ?? 0,
    fim,
    toolFormat,
    watermark,
    encoder,
    dtype,
    ...rest
  } = optionsOf("createHandler", served);
  refuseUnknown("createHandler", rest);
  const method = promptEncoder ? "encode" : "encodeInTurns";
  if (typeof tokenizer?.[method] !== "function")
    fail("ERR_ARGUMENT", `createHandler: ${name} needs a tokenizer`);
  if (!model && !batcher && !encoder)
    fail("ERR_ARGUMENT", `createHandler: ${name} needs a model, a batcher or an encoder`);
  checkEncoder(name, served);
  if (batcher) whole("createHandler", `${name}.contextLength`, contextLength, { min: 1 });
  const inner = batcher ?? (model && createBatcher(model, options));
  const weights = model ?? encoder;
  const ownType = dtype ?? (weights ? matrixType(weights) : "float32");
  return {
    name,
    tokenizer,
    prompts: boundedPrompts(promptEncoder ?? createPromptEncoder(tokenizer), mostPrompts(options)),
    schemas: lineByKey(mostPrompts(options)),
    batcher:
      inner && watermark && "createProcessor" in watermark ? markBatcher(inner, watermark) : inner,
    isOwnBatcher: !batcher,
    contextLength,
    fim,
    toolFormat,
    fimIds: sentinelIds(fim, tokenizer),
    encoder,
    dtype: ownType,
    fingerprint: [name, ownType, watermark?.profile.scheme].filter(Boolean).join("-"),
    tokenText: tokenTexts(tokenizer),
  };
}
