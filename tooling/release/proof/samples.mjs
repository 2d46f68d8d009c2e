/** @file Programs of the bundler matrix, by package: `compute` returns a number, the same in Node and in a page. */

/** Modules that a page bundles; those with `files` fetch these from the folder of the package. */
export const samples = {
  "@deepgrain/tensor-gpu": `
import { tensor } from "@deepgrain/tensor-gpu";

export async function compute() {
  const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
  x.matmul(x).square().sum().backward();
  return x.grad.sum().item();
}
`,
  "@deepgrain/moe": `
import { MoeLayer } from "@deepgrain/moe";
import { manualSeed, randn } from "@deepgrain/tensor-gpu";

export async function compute() {
  manualSeed(1);
  const layer = new MoeLayer({ hiddenSize: 16, expertSize: 8, experts: 7, topK: 2, sharedExperts: 1 });
  return layer.forward(randn([8, 16])).square().sum().item();
}
`,
  "@deepgrain/lm": `
import { CausalLM, packSequences, parseConfig, train } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";

export async function compute() {
  manualSeed(1);
  const text = new TextEncoder().encode("the quick brown fox ".repeat(20));
  const sizes = { vocab_size: 256, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2 };
  const model = new CausalLM(parseConfig({ model_type: "llama", intermediate_size: 32, ...sizes }));
  const data = packSequences(text, { blockLength: 16, batchSize: 2 });
  let last = 0;
  for await (const event of train(model, data, { steps: 3, lr: 1e-2 }))
    if (event.type === "step-end") last = event.loss;
  return last;
}
`,
  "@deepgrain/serve": `
import { CausalLM, createTokenizer, parseConfig, trainBpe } from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";
import { manualSeed } from "@deepgrain/tensor-gpu";

export async function compute() {
  manualSeed(1);
  const tokenizer = await createTokenizer({ tokenizer: await trainBpe(["a"], { vocabSize: 256 }) });
  const sizes = { vocab_size: 256, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2 };
  const model = new CausalLM(parseConfig({ model_type: "llama", intermediate_size: 32, ...sizes }));
  const handler = createHandler({ tiny: { model, tokenizer } });
  const body = JSON.stringify({ model: "tiny", prompt: "Once", max_tokens: 5, temperature: 0, logprobs: 1 });
  const headers = { "content-type": "application/json" };
  const request = new Request("http://127.0.0.1/v1/completions", { method: "POST", headers, body });
  const { choices } = await (await handler(request)).json();
  return choices[0].logprobs.token_logprobs.reduce((sum, one) => sum + one, 0);
}
`,
  "@deepgrain/watermark": `
import { createSampler, createWatermark } from "@deepgrain/watermark";

export async function compute() {
  const watermark = createWatermark({ scheme: "kgw", vocab_size: 64 }, "00112233445566778899aabbccddeeff");
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const sampler = createSampler(watermark.createProcessor(), { random });
  for (let i = 0; i < 100; i++) sampler.next(new Float32Array(64));
  return watermark.detect(sampler.ids).z;
}
`,
  "@deepgrain/prm": `
import { evaluateProcessBench } from "@deepgrain/prm";

export async function compute() {
  const row = { id: "a", generator: "", problem: "p", final_answer_correct: true };
  const rows = [
    { ...row, steps: ["good", "bad"], label: 1 },
    { ...row, steps: ["bad", "good"], label: 1 },
    { ...row, steps: ["good"], label: -1 },
  ];
  const likes = async (_, steps) => steps.map((step) => (step === "good" ? 1 : 0));
  return (await evaluateProcessBench(rows, likes)).f1;
}
`,
  "@deepgrain/renode": `
import { personalizedPagerank } from "@deepgrain/renode";

export async function compute() {
  const graph = { order: 4, offsets: [0, 1, 3, 5, 6], targets: [1, 0, 2, 1, 3, 2] };
  return personalizedPagerank(graph, { sources: { 0: 1 } })[2];
}
`,
  "@deepgrain/fedlt": `
import { fedAvg, finishFederation, inProcessTransport } from "@deepgrain/fedlt";

export async function compute() {
  const train = ({ clientId, params }) => {
    const data = Float32Array.of((params.get("w").data[0] + Number(clientId)) / 3);
    return { params: new Map([["w", { shape: [1], data }]]), numSamples: 1 };
  };
  const transport = inProcessTransport({ clients: ["1", "3"], train });
  const initial = new Map([["w", { shape: [1], data: Float32Array.of(0) }]]);
  const { state } = await finishFederation({ transport, strategy: fedAvg(), initial, rounds: 3 });
  return state.params.get("w").data[0];
}
`,
  "@deepgrain/icl-anchors": `
import { blockPromptSet, blockTask, loadShippedModel, saliencyFlow } from "@deepgrain/icl-anchors";

export async function compute() {
  const model = await loadShippedModel("anchors");
  const { prompts } = blockPromptSet(blockTask, { seed: 1, items: 2, demonstrations: "fresh" });
  const { relative } = await saliencyFlow(model, prompts);
  return relative[3].pq;
}
`,
};

/** Packages whose folders a page fetches, which bundlers without files of their own leave to be copied. */
export const fetchedFolders = { "@deepgrain/icl-anchors": "models" };

/** A page's program. */
export const pageProgram = `
import { compute } from "./sample.js";

const show = (text) => {
  document.querySelector("output").textContent = text;
};
compute().then((number) => show(String(number)), (error) => show("failed: " + error.message));
`;

export const nodeProgram = `
import { compute } from "./sample.js";

console.log(String(await compute()));
`;

/** @param program its address */
export const pageText = (program) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sample</title></head>
<body><output></output><script type="module" src="${program}"></script></body>
</html>
`;

/** A page of Next.js's App Router that computes in the browser. */
export const nextPage = `"use client";
import { useEffect, useState } from "react";
import { compute } from "./sample.js";

export default function Page() {
  const [text, setText] = useState("");
  useEffect(() => {
    compute().then((number) => setText(String(number)), (error) => setText("failed: " + error.message));
  }, []);
  return <output>{text}</output>;
}
`;

export const nextLayout = `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`;
