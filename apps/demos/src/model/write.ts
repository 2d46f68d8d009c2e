import {
  chatPrompt,
  createRandom,
  generate,
  multinomial,
  temperature as temperatureOf,
  textStream,
} from "@deepgrain/lm";
import { memory } from "@deepgrain/tensor-gpu";
import type { Held } from "./open-model";

/** A turn of a conversation; a model without conversations continues the last one. */
export type Turn = { role: "user" | "assistant"; content: string };

/** How a text is written. */
export interface Writing {
  turns: readonly Turn[];
  /** 0 for the likeliest token each time. */
  temperature: number;
  /** Most new tokens. */
  tokens: number;
  seed: number;
}

/** A text so far. */
export interface Written {
  text: string;
  tokens: number;
  /** After the first one; 0 while there is but that. */
  tokensPerSecond: number;
  /** That the engine holds while it writes: weights, and what it remembers of the text. */
  bytes: number;
}

/** Milliseconds between two events. */
const PAUSE = 40;

/** The tokens that end a text. */
function endsOf({ model, tokenizer }: Held): number[] | null {
  const ends = [model.config.eosTokenId, tokenizer.eosTokenId].flat().filter((id) => id != null);
  // A model of bytes has no token for an end.
  return tokenizer.specialTokens.length > 0 && ends.length > 0 ? ends : null;
}

function promptOf({ model, tokenizer, isChat }: Held, turns: readonly Turn[]): number[] {
  const ids = isChat ? chatPrompt(tokenizer, turns) : tokenizer.encode(turns.at(-1)!.content);
  const { maxPositionEmbeddings: most } = model.config;
  if (ids.length < most) return ids;
  throw new Error(
    `${isChat ? "The conversation" : "The text"} has ${ids.length} tokens; this model reads at most ${most} with those that it writes.`,
  );
}

/** Writes on. @yields the text so far, a few times per second, then all of it */
export async function* write(
  held: Held,
  { turns, temperature, tokens, seed }: Writing,
  signal: AbortSignal,
): AsyncGenerator<Written, void> {
  const { model, tokenizer } = held;
  const prompt = promptOf(held, turns);
  const { next } = createRandom(seed);
  const events = generate(model, [prompt], {
    maxNewTokens: Math.min(tokens, model.config.maxPositionEmbeddings - prompt.length),
    eosTokenId: endsOf(held),
    logitsProcessors: temperature === 0 ? [] : [temperatureOf(temperature)],
    sampler: temperature === 0 ? undefined : (logits) => multinomial(logits, next),
    signal,
  });
  const decode = (ids: number[]) => tokenizer.decode(ids, { skipSpecialTokens: true });
  const stream = textStream(decode, { after: prompt });
  let text = "";
  let count = 0;
  // Time at work alone: not what the page takes, and not what it is hidden.
  let worked = 0;
  let told = 0;
  let { bytes } = memory();
  const written = (): Written => {
    const tokensPerSecond = worked > 0 ? (count - 1) / (worked / 1000) : 0;
    return { text, tokens: count, tokensPerSecond, bytes };
  };
  try {
    for (;;) {
      const began = performance.now();
      const { done, value } = await events.next();
      const now = performance.now();
      if (done) break;
      if (count++ > 0) worked += now - began;
      text += stream.push(value.ids[0]!);
      bytes = memory().bytes;
      if (now - told < PAUSE) continue;
      told = now;
      yield written();
    }
    text += stream.end();
    yield written();
  } finally {
    await events.return([]);
  }
}
