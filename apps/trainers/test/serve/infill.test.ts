import { fimPrompt } from "@deepgrain/coder";
import {
  type Batcher,
  CausalLM,
  createBatcher,
  createTokenizer,
  parseConfig,
  trainBpe,
} from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { expect, it } from "vitest";

const marks = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];

/** A request of llama.vim, in its own order: lines above, the line before the cursor, what follows, and chunks of other files. */
const asked = {
  id_slot: 0,
  input_prefix: "def area(r):\n",
  input_suffix: "\n\nprint(area(2))\n",
  input_extra: [
    { text: "PI = 3.14\n", time: [1, 2], filename: "pi.py" },
    { text: "export const e = 2.7;", time: [1, 3], filename: "e.ts" },
  ],
  prompt: "    return ",
  n_predict: 8,
  stop: ["\n\n\n"],
  n_indent: 4,
  top_k: 40,
  top_p: 0.9,
  samplers: ["top_k", "top_p", "infill"],
  stream: false,
  cache_prompt: true,
  t_max_prompt_ms: 500,
  t_max_predict_ms: 250,
  response_fields: ["content", "timings/prompt_n", "timings/predicted_n", "tokens_cached"],
};

it("a request of llama.vim gives the tokens of fimPrompt, and an answer that it reads", async () => {
  const specialTokens = ["<s>", "</s>", ...marks];
  const tokenizer = await createTokenizer({
    tokenizer: await trainBpe(["a"], { vocabSize: 261, specialTokens, minFrequency: 1 }),
    config: { bos_token: "<s>", eos_token: "</s>" },
  });
  const sizes = { vocab_size: tokenizer.vocabSize, max_position_embeddings: 256 };
  const inner = createBatcher(new CausalLM(parseConfig(tinyConfig("llama", sizes))).eval());
  const prompts: (readonly number[])[] = [];
  const batcher: Batcher = {
    generate(request) {
      prompts.push(request.prompt);
      return inner.generate(request);
    },
    numbers: () => inner.numbers(),
    close: () => inner.close(),
  };
  const family = "qwen" as const;
  const fim = (parts: Parameters<typeof fimPrompt>[0]) => fimPrompt({ ...parts, family });
  const handler = createHandler({ coder: { tokenizer, batcher, contextLength: 256, fim } });
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(asked) };
  const response = await handler(new Request("http://127.0.0.1/infill", init));
  expect(response.status).toBe(200);
  const files = asked.input_extra.map(({ filename, text }) => ({ path: filename, text }));
  const parts = { prefix: asked.input_prefix, suffix: asked.input_suffix, files, family };
  const wanted = tokenizer.encode(fimPrompt(parts) + asked.prompt);
  expect(prompts).toEqual([wanted]);
  expect(wanted.filter((id) => id > 1 && id < 5)).toHaveLength(3);
  const body = await response.json();
  expect(body).toEqual({
    content: expect.any(String),
    "timings/prompt_n": wanted.length,
    "timings/predicted_n": expect.any(Number),
  });
  await handler.close();
  await inner.close();
});
