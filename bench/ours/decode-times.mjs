// How decoding is timed: the fastest fifth (20th percentile) of many runs is told, since other programs only ever add.
import { promptOf } from "./decode-models.mjs";

/** Reading the processor's clock takes up to 50 µs here: it is read after so many milliseconds, not after each token. */
const CLOCK_EVERY_MS = 5;
/** Tokens after which a text begins anew, so that its context stays about as long. */
const RUN_TOKENS = 64;
/** First tokens of a text that are not timed: the prompt, and the steps that are not yet repeated. */
export const WARM_TOKENS = 4;

export const fifth = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 5)];

/** Processor time of this process so far. */
export function cpuMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One thread is timed by the processor's clock, which other programs hardly disturb; several by the wall's. */
export const clockOf = (threads) => (threads > 1 ? () => performance.now() : cpuMilliseconds);

/** Adds milliseconds per token of one text to `times`. */
async function timeTokens({ generate, clock }, model, prompt, times) {
  let [tokens, last, wall] = [0, 0, 0];
  const options = { maxNewTokens: RUN_TOKENS, eosTokenId: null };
  for await (const { step } of generate(model, [prompt], options)) {
    tokens++;
    const isTimed = step >= WARM_TOKENS;
    const isEnd = step === RUN_TOKENS - 1;
    if (isTimed && !isEnd && performance.now() - wall < CLOCK_EVERY_MS) continue;
    if (isTimed) times.push((clock() - last) / tokens);
    tokens = 0;
    last = clock();
    wall = performance.now();
  }
}

/** Milliseconds per token after the first, for about `seconds`, of one text at least. */
export async function tokenTime(timing, model, context) {
  const times = [];
  const prompt = promptOf(context, model.config.vocabSize);
  const until = performance.now() + 1000 * timing.seconds;
  do await timeTokens(timing, model, prompt, times);
  while (performance.now() < until);
  return fifth(times);
}

/** Milliseconds until the first token. */
export async function promptTime({ generate, clock, seconds }, model, length) {
  const times = [];
  const prompt = promptOf(length, model.config.vocabSize);
  for (
    const until = performance.now() + 1000 * seconds;
    performance.now() < until || times.length < 3;
  ) {
    const start = clock();
    for await (const _ of generate(model, [prompt], { maxNewTokens: 1 }));
    times.push(clock() - start);
  }
  return fifth(times);
}
