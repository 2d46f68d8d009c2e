import { createRandom, generate, multinomial } from "@deepgrain/lm";
import type { Library } from "./library";
import { bitsOf, markOf } from "./mark";
import { type Scheme, tokensOf } from "./names";

/** How a story is written. */
export interface StoryRun {
  scheme: Scheme;
  payload: string;
  strength: number;
  seed: number;
}

/** Starts a text. */
const BOS = 1;

/** Writes a marked story, token by token. @yields the text so far */
export async function* writeStory(
  { model, tokenizer, proxy }: Library,
  { scheme, payload, strength, seed }: StoryRun,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const mark = markOf(scheme, { strength, key: "own", payload, proxy });
  const processor = mark.createProcessor({ payload: bitsOf(payload), promptLength: 1 });
  const { next } = createRandom(seed);
  const written = generate(model, [[BOS]], {
    maxNewTokens: tokensOf(payload),
    eosTokenId: null,
    logitsProcessors: [
      (_, logits) => {
        // A story ends where the page wants it to.
        logits.fill(Number.NEGATIVE_INFINITY, 0, BOS + 2);
        return logits;
      },
      processor,
    ],
    sampler: (logits) => multinomial(logits, next),
    signal,
  });
  const ids: number[] = [];
  for await (const { ids: made } of written) {
    ids.push(made[0]!);
    yield tokenizer.decode(ids);
  }
}
