// What decode-chromium.mjs runs both in Node and in a page: milliseconds per token behind 16 tokens by the wall's clock, since a
// page has no other, on one thread; 20th percentile.
import { CausalLM, generate, parseConfig } from "@deepgrain/lm";
import { createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { promptOf, shapes } from "./decode-models.mjs";

const [CONTEXT, RUN_TOKENS, WARM_TOKENS] = [16, 64, 4];

/** Adds milliseconds per token of one text to `times`. */
async function timeTokens(model, prompt, times) {
  let last = 0;
  for await (const { step } of generate(model, [prompt], { maxNewTokens: RUN_TOKENS })) {
    const now = performance.now();
    if (step >= WARM_TOKENS) times.push(now - last);
    last = now;
  }
}

/** @param label which of the models @param seconds how long */
export async function tokenMs(label, seconds) {
  const backend = setBackend(createWasmBackend({ threads: 1 }));
  try {
    const model = new CausalLM(parseConfig(shapes[label]), { generator: new Generator(7) });
    const prompt = promptOf(CONTEXT, model.config.vocabSize);
    const times = [];
    for (const until = performance.now() + 1000 * seconds; performance.now() < until; )
      await timeTokens(model, prompt, times);
    return times.sort((a, b) => a - b)[Math.floor(times.length / 5)];
  } finally {
    await backend.dispose();
  }
}

globalThis.tokenMs = tokenMs;
