import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { expect, it } from "vitest";
import { createHandler } from "../../src";
import { ask, chunksOf, post } from "../support/ask";
import { tinyChat } from "../support/models";

it("answers with a model whose vocabulary is padded beyond the tokenizer's", async () => {
  const { tokenizer } = await tinyChat();
  const sizes = { vocab_size: 2 * tokenizer.vocabSize, max_position_embeddings: 64 };
  const config = parseConfig(tinyConfig("llama", { ...sizes, eos_token_id: 1 }));
  const model = new CausalLM(config, { generator: new Generator(3) });
  const handler = createHandler({ tiny: { model: model.eval(), tokenizer } });
  const request = {
    model: "tiny",
    prompt: "a",
    max_tokens: 32,
    temperature: 2,
    seed: 1,
    logprobs: 5,
  };
  const asked = { ...request, logit_bias: { 1: -100 } };
  const { status, body } = await ask(handler, post("/v1/completions", asked));
  const [{ text, logprobs }] = body.choices;
  expect([status, body.usage.completion_tokens, logprobs.tokens.length]).toEqual([200, 32, 32]);
  expect(logprobs.tokens.filter((token: string) => token === "").length).toBeGreaterThan(3);
  const stream = await handler(post("/v1/completions", { ...asked, stream: true }));
  const chunks = await chunksOf(stream);
  expect(
    chunks.flatMap(({ choices }) => choices.map((one: { text: string }) => one.text)).join(""),
  ).toBe(text);
  await handler.close();
});
