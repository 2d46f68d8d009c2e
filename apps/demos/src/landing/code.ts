import { literal } from "../share/program";
import { address, type State } from "./state";

/** A program that learns and writes as the page does. */
export function codeOf(
  { text, second, off, begin, temperature, seed }: State = address.state.value,
): string {
  const sentences = [text, second]
    .filter((one) => one !== "")
    .map((one) => (/\s$/.test(one) ? one : `${one} `));
  const known = [...begin].filter((letter) => sentences.join("").includes(letter)).join("");
  return `import { CausalLM, createRandom, generate, lossAndLoad, multinomial, packSequences } from "@deepgrain/lm";
import { parseConfig, temperature, train } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";

const sentences = ${literal(sentences)};
const alphabet = [...new Set(sentences.join(""))];
const idsOf = (text) => [...text].map((letter) => alphabet.indexOf(letter));
const repeated = (ids, length) => Array.from({ length }, (_, i) => ids[i % ids.length]);

manualSeed(${seed});
const sizes = { hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, moe_intermediate_size: 16 };
const experts = { n_routed_experts: 6, n_shared_experts: 1, num_experts_per_tok: 2, norm_topk_prob: false };
const letters = { vocab_size: Math.max(2, alphabet.length), max_position_embeddings: 512 };
const model = new CausalLM(parseConfig({ model_type: "deepseek", ...sizes, ...experts, ...letters }));

const stream = sentences.map(idsOf).flatMap((ids) => repeated(ids, Math.ceil(4000 / ids.length) * ids.length));
const data = packSequences(stream, { blockLength: 192, batchSize: 2, seed: ${seed} });
for await (const event of train(model, data, { steps: 80, lr: 1e-2 }))
  if (event.type === "step-end" && event.step % 20 === 0) console.log(event.step, event.loss);
model.eval();

// Experts of the last layer that are off, from 0.
const [, last] = [...model.moeLayers.values()];
last.probe = { without: ${literal(off.map((name) => Number(name) - 1))} };
for (const ids of sentences.map(idsOf)) {
  const batch = { ids: repeated(ids, 192), batch: 1, length: 192 };
  console.log("nats per letter", (await lossAndLoad(model, [batch])).loss);
}

const prompts = ${known === "" ? "sentences" : literal([known])};
for (const prompt of prompts) {
  const { next } = createRandom(${seed});
  const options = {
    maxNewTokens: 160 / prompts.length,
    eosTokenId: null,
    logitsProcessors: [temperature(${temperature})],
    sampler: (logits) => multinomial(logits, next),
  };
  let written = "";
  for await (const { ids } of generate(model, [idsOf(prompt).slice(-32)], options)) written += alphabet[ids[0]];
  console.log(written);
}
`;
}
