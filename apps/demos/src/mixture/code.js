import { CausalLM, evaluate, packSequences, parseConfig, train } from "@deepgrain/lm";
import { withoutExperts } from "@deepgrain/moe";
import { manualSeed } from "@deepgrain/tensor-gpu";

const text = new TextEncoder().encode(
  "Call me Ishmael. Some years ago, never mind how long. ".repeat(40),
);
const data = packSequences(text, { blockLength: 64, batchSize: 8 });
const sizes = { vocab_size: 256, hidden_size: 48, num_hidden_layers: 2, num_attention_heads: 4 };
const kinds = {
  coarse: { n_routed_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 96 },
  fine: {
    n_routed_experts: 31,
    num_experts_per_tok: 7,
    n_shared_experts: 1,
    moe_intermediate_size: 24,
  },
};

for (const [kind, experts] of Object.entries(kinds)) {
  manualSeed(1);
  const model = new CausalLM(parseConfig({ model_type: "deepseek", ...sizes, ...experts }));
  for await (const event of train(model, data, { steps: 40, lr: 1e-2 }))
    if (event.type === "train-end") console.log(kind, event.step, "steps");
  const measure = async () => (await evaluate(model, [data.batch(0)])).loss;
  const whole = await measure();
  const off = new Map([[0, [0, 1, 2, 3]]]); // experts 1 to 4 of the first layer
  const without = await withoutExperts(model.moeLayers, off, measure);
  console.log(kind, whole < without); // true: something is lost
}
