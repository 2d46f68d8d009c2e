import { atOnce, type Slices } from "@deepgrain/support";
import type { Tokenizer } from "@huggingface/tokenizers";
import { type ByteWords, byteWordsOf } from "./byte-words";
import { Pace } from "./pace";
import { type Pipeline, pipelineOf } from "./pipeline";
import { stretchesOf } from "./stretches";

function* idsOf(pipeline: Pipeline, words: ByteWords, text: string): Slices<number[]> {
  const ids: number[] = [];
  const pace = new Pace();
  for (const stretch of stretchesOf(pipeline, text, pace)) {
    if (stretch?.type === "token") ids.push(pipeline.added_tokens_map.get(stretch.text)!.id);
    else if (stretch) yield* words.write(stretch.text, ids, pace, Number.POSITIVE_INFINITY);
  }
  return ids;
}

/** The ids of a text without what is put around it: by its words where the tokenizer is of that kind, else by the library. */
export function encodeAtOnce(inner: Tokenizer, text: string): number[] {
  const pipeline = pipelineOf(inner);
  const words = byteWordsOf(pipeline);
  if (words === undefined) return inner.encode(text, { add_special_tokens: false }).ids;
  return atOnce(idsOf(pipeline, words, text));
}
