/** @file Runs in a project with the real node-llama-cpp: marks texts by every scheme that it can run; prints JSON. */
import { readFileSync } from "node:fs";
import * as W from "@deepgrain/watermark";
import { getLlama, TokenBias } from "node-llama-cpp";

const { biased, chosen, key, vocabSize, tokens } = JSON.parse(readFileSync("task.json", "utf8"));
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: "models/tiny.gguf" });
const context = await model.createContext({ contextSize: 1024 });
const prompt = [1, 300, 301];

/** All tokens but the end of text, which the tiny model may draw. */
async function* generate(sequence, options) {
  await sequence.clearHistory();
  for await (const token of sequence.evaluate(prompt, {
    temperature: 1,
    yieldEogToken: true,
    ...options,
  }))
    yield token;
}

const results = [];
const sequence = context.getSequence();
const report = (watermark, payload, ids, way) => {
  const { verdict, pValue } = watermark.detect(ids);
  const bits = payload ? [...watermark.decode(ids).bits] : [];
  const wrong = bits.filter((bit, i) => bit !== payload[i]).length;
  results.push({
    scheme: watermark.profile.scheme,
    way,
    length: ids.length,
    verdict,
    pValue,
    wrong,
  });
};
const payloadOf = ({ messageBits }) =>
  messageBits > 0
    ? { payload: Uint8Array.from({ length: messageBits }, (_, i) => ((i * 5) % 3) & 1) }
    : {};

for (const profile of biased) {
  const watermark = W.createWatermark({ ...profile, vocab_size: vocabSize }, key);
  const own = payloadOf(watermark);
  const mark = W.forNodeLlamaCpp(watermark, {
    createBias: () => TokenBias.for(model),
    prompt,
    ...own,
  });
  const ids = [];
  for await (const token of generate(sequence, { tokenBias: mark.tokenBias, seed: 7 })) {
    mark.accept(token);
    if (ids.push(token) === tokens) break;
  }
  report(watermark, own.payload, ids, "tokenBias");
}

for (const profile of chosen) {
  const watermark = W.createWatermark({ ...profile, vocab_size: vocabSize }, key);
  const own = payloadOf(watermark);
  const processor = watermark.createProcessor({ promptLength: prompt.length, ...own });
  await sequence.clearHistory();
  const all = [...prompt];
  let state = 3;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const steps = sequence.evaluateWithMetadata(
    prompt,
    { probabilities: true },
    { temperature: 1, yieldEogToken: true },
  );
  let step = await steps.next();
  while (!step.done && all.length < prompt.length + tokens) {
    const token = W.chooseFromProbabilities(
      processor,
      all,
      step.value.probabilities,
      vocabSize,
      random,
    );
    all.push(token);
    step = await steps.next(token);
  }
  await steps.return?.();
  report(watermark, own.payload, all.slice(prompt.length), "probabilities");
}
console.log(JSON.stringify({ results }));
await llama.dispose();
