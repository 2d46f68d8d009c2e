/** @file Runs in a project with the real transformers.js: marks texts by every scheme and reads them; prints JSON. */

import { readFileSync } from "node:fs";
import * as W from "@deepgrain/watermark";
import { AutoModelForCausalLM, env, LogitsProcessorList, Tensor } from "@huggingface/transformers";

env.allowRemoteModels = false;
env.localModelPath = "./models";
const { profiles, key, vocabSize, tokens } = JSON.parse(readFileSync("task.json", "utf8"));
const model = await AutoModelForCausalLM.from_pretrained("onnx", { dtype: "fp32" });
const input_ids = new Tensor("int64", BigInt64Array.from([1n, 2n, 3n, 7n, 8n, 9n]), [2, 3]);
const attention_mask = new Tensor("int64", new BigInt64Array(6).fill(1n), [2, 3]);
const table = readFileSync("table.bin");
const logits = new Float32Array(table.buffer, table.byteOffset, vocabSize * vocabSize);
const next = (ids) => logits.slice(ids.at(-1) * vocabSize, (ids.at(-1) + 1) * vocabSize);
const proxy = W.proxyFromLogits("the same table", vocabSize, next);

const results = [];
for (const profile of profiles) {
  const watermark = W.createWatermark({ ...profile, vocab_size: vocabSize }, key, { proxy });
  const payload = Uint8Array.from({ length: watermark.messageBits }, (_, i) => ((i * 5) % 3) & 1);
  const options = watermark.messageBits > 0 ? { payload } : {};
  for (const isList of [false, true]) {
    const mark = W.forTransformers(watermark, options);
    const list = new LogitsProcessorList();
    list.push(mark);
    const logits_processor = isList ? list : mark;
    const inputs = { input_ids, attention_mask, max_new_tokens: tokens, do_sample: true, top_k: 0 };
    const output = await model.generate({ ...inputs, logits_processor });
    for (const ids of output.tolist()) {
      const { verdict, pValue } = watermark.detect(ids, { promptLength: 3 });
      const bits =
        watermark.messageBits > 0 ? [...watermark.decode(ids, { promptLength: 3 }).bits] : [];
      const wrong = bits.filter((bit, i) => bit !== payload[i]).length;
      results.push({ scheme: profile.scheme, isList, length: ids.length, verdict, pValue, wrong });
    }
  }
}
const plain = await model.generate({
  input_ids,
  attention_mask,
  max_new_tokens: tokens,
  do_sample: true,
  top_k: 0,
});
const unmarked = profiles.map((profile) => {
  const watermark = W.createWatermark({ ...profile, vocab_size: vocabSize }, key, { proxy });
  return watermark.detect(plain.tolist()[0], { promptLength: 3 }).pValue;
});
console.log(JSON.stringify({ results, unmarked }));
