/** @file A handler that asks itself, in whatever runtime it is run. */
import { CausalLM, createTokenizer, parseConfig, trainBpe } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { createHandler } from "../../../src";

/** The program's findings, as one line of JSON. */
export async function program(): Promise<string> {
  const tokenizer = await createTokenizer({ tokenizer: await trainBpe(["a"], { vocabSize: 256 }) });
  const sizes = { hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2 };
  const more = { num_attention_heads: 2, vocab_size: 256, max_position_embeddings: 512 };
  const config = parseConfig({ model_type: "llama", ...sizes, ...more });
  const model = new CausalLM(config, { generator: new Generator(1) });
  const handler = createHandler({ tiny: { model, tokenizer } }, { keys: ["key"] });
  const headers = { "content-type": "application/json", authorization: "Bearer key" };
  const ask = (more: object) => {
    const body = JSON.stringify({
      model: "tiny",
      prompt: "Once",
      max_tokens: 12,
      seed: 1,
      ...more,
    });
    return handler(
      new Request("http://127.0.0.1/v1/completions", { method: "POST", headers, body }),
    );
  };
  const whole = (await (await ask({})).json()) as { choices: { text: string }[] };
  const streamed = await (await ask({ stream: true })).text();
  const pieces = streamed
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)).choices[0].text);
  const metrics = new Request("http://127.0.0.1/metrics", { headers });
  const numbers = await (await handler(metrics)).text();
  const found = {
    isSameText: pieces.join("") === whole.choices[0]!.text,
    isDone: streamed.endsWith("data: [DONE]\n\n"),
    running: /running_sequences\{[^}]*\} (\d+)/.exec(numbers)![1],
    refused: (await ask({ n: 99 })).status,
    withoutKey: (await handler(new Request("http://127.0.0.1/v1/models"))).status,
  };
  await handler.close();
  return JSON.stringify(found);
}
