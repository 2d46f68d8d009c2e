import type { Detection, DetectOptions } from "../core/results";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { Watermark } from "../watermark/create-watermark";

/** A part of what a language model of the AI SDK answers. */
export interface ContentPartLike {
  type: string;
}

/** A model's answer: the parts that are used. */
export interface GenerateResultLike {
  content: readonly ContentPartLike[];
  providerMetadata?: Record<string, Record<string, unknown>> | undefined;
}

/** A part of a stream. */
export interface StreamPartLike {
  type: string;
}

/** A streamed answer. */
export interface StreamResultLike {
  stream: ReadableStream<StreamPartLike>;
}

/** A verdict as plain JSON. */
export type DetectionSummary = Pick<Detection, "verdict" | "pValue" | "scored">;

/** Options of `detectorMiddleware`. */
export interface DetectorMiddlewareOptions extends DetectOptions {
  /** Called with each answer's verdict; the way to learn of it where an answer is streamed. */
  onDetection?: ((summary: DetectionSummary, text: string) => void) | undefined;
}

const isText = (part: { type: string }): part is { type: "text"; text: string } =>
  part.type === "text" && typeof (part as { text?: unknown }).text === "string";

const isDelta = (part: { type: string }): part is { type: "text-delta"; delta: string } =>
  part.type === "text-delta" && typeof (part as { delta?: unknown }).delta === "string";

/**
 * Middleware for the Vercel AI SDK that looks for a mark in every answer, whichever model wrote it. The provider sees no
 * change. An answer that is generated at once carries the verdict in `providerMetadata.watermark`.
 *
 * ```ts
 * const model = wrapLanguageModel({ model: openai("gpt-4o"), middleware: detectorMiddleware(watermark) });
 * ```
 *
 * @param watermark made with a `tokenize`, as answers are text
 * @param given as for `detect`, and `onDetection`
 * @see `LanguageModelMiddleware` in ai 6
 */
export function detectorMiddleware(watermark: Watermark, given: DetectorMiddlewareOptions = {}) {
  const {
    onDetection,
    alpha,
    promptLength,
    ignoreRepeated,
    windows,
    candidates,
    workLimit,
    ...rest
  } = optionsOf("detectorMiddleware", given);
  refuseUnknown("detectorMiddleware", rest);
  const options = { alpha, promptLength, ignoreRepeated, windows, candidates, workLimit };
  having("detectorMiddleware", "watermark", watermark, "profile", "messageBits");
  const judge = (text: string): DetectionSummary => {
    const { verdict, pValue, scored } = watermark.detect(text, options);
    const summary = { verdict, pValue, scored };
    onDetection?.(summary, text);
    return summary;
  };
  return {
    specificationVersion: "v3" as const,
    async wrapGenerate<R extends GenerateResultLike>({
      doGenerate,
    }: {
      doGenerate: () => PromiseLike<R>;
    }): Promise<R> {
      const result = await doGenerate();
      const text = result.content
        .filter(isText)
        .map((part) => part.text)
        .join("");
      return {
        ...result,
        providerMetadata: { ...result.providerMetadata, watermark: judge(text) },
      };
    },
    async wrapStream<R extends StreamResultLike>({
      doStream,
    }: {
      doStream: () => PromiseLike<R>;
    }): Promise<R> {
      const result = await doStream();
      let text = "";
      const watch = new TransformStream<StreamPartLike, StreamPartLike>({
        transform(part, controller) {
          if (isDelta(part)) text += part.delta;
          controller.enqueue(part);
        },
        flush: () => void judge(text),
      });
      return { ...result, stream: result.stream.pipeThrough(watch) };
    },
  };
}
