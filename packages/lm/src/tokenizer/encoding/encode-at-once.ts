import { atOnce, type Slices } from "@deepgrain/support";
import type { Tokenizer } from "@huggingface/tokenizers";
import { type ByteWords, byteWordsOf, type SpellLong } from "./byte-words";
import { lettersOf } from "./letters";
import { Pace } from "./pace";
import { type Pipeline, pipelineOf } from "./pipeline";
import { rewritten } from "./rewritten";
import { type NormalText, stretchesOf } from "./stretches";

const byLibrary: SpellLong = (model, word) => model.encode([lettersOf(word)]);

// biome-ignore lint/correctness/useYield: it runs in one piece
const normalText: NormalText = function* (pipeline, section) {
  const text = rewritten(pipeline, section);
  return pipeline.normalizer === null ? text : pipeline.normalizer(text);
};

function* idsOf(pipeline: Pipeline, words: ByteWords, text: string): Slices<number[]> {
  const ids: number[] = [];
  const pace = new Pace();
  const options = { pace, most: Number.POSITIVE_INFINITY, spellLong: byLibrary };
  for (const stretch of stretchesOf(pipeline, text, pace, normalText)) {
    if (stretch?.type === "token") ids.push(pipeline.added_tokens_map.get(stretch.text)!.id);
    else if (stretch) yield* words.write(stretch.text, ids, options);
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
