import { generate } from "@deepgrain/lm";
import { expect, it } from "vitest";
import { createHandler } from "../../src";
import { ask, post } from "../support/ask";
import { fimMarks, tinyChat } from "../support/models";

/** A prompt with a hole; a part that spells a sentinel is refused, as `fimPrompt` of `@deepgrain/coder` does. */
function fimPrompt({ prefix, suffix }: { prefix: string; suffix: string }): string {
  if (fimMarks.some((mark) => (prefix + suffix).includes(mark))) throw new Error("a sentinel");
  return `${fimMarks[0]}${prefix}${fimMarks[1]}${suffix}${fimMarks[2]}`;
}

const asked = { model: "tiny", prompt: "def f(x):\n", suffix: "\n    return y", temperature: 0 };

it("suffix gives the tokens that generate gives on the prompt with a hole", async () => {
  const tiny = await tinyChat(256, fimMarks);
  const handler = createHandler({ tiny: { ...tiny, fim: fimPrompt } });
  const ids = tiny.tokenizer.encode(fimPrompt({ prefix: asked.prompt, suffix: asked.suffix }));
  const stops = fimMarks.map((mark) => tiny.tokenizer.tokenToId(mark)!);
  const events = generate(tiny.model, [ids], { maxNewTokens: 16, eosTokenId: [1, ...stops] });
  let rows: number[][] | undefined;
  while (!rows) {
    const { done, value } = await events.next();
    if (done) rows = value;
  }
  const { status, body } = await ask(handler, post("/v1/completions", asked));
  expect(status).toBe(200);
  expect(body.choices[0].text).toBe(tiny.tokenizer.decode(rows[0]!, { skipSpecialTokens: true }));
  expect(body.usage.prompt_tokens).toBe(ids.length);
  await handler.close();
});

it("suffix is 400 for a model without sentinels, and for a part that spells one", async () => {
  const without = createHandler({ tiny: { ...(await tinyChat(256)), fim: fimPrompt } });
  const { status, body } = await ask(without, post("/v1/completions", asked));
  expect({ status, param: body.error.param }).toEqual({ status: 400, param: "suffix" });
  await without.close();
  const handler = createHandler({ tiny: { ...(await tinyChat(256, fimMarks)), fim: fimPrompt } });
  for (const more of [{ prompt: `a${fimMarks[1]}` }, { echo: true }, { prompt: [5, 6] }])
    expect((await ask(handler, post("/v1/completions", { ...asked, ...more }))).status).toBe(400);
  await handler.close();
});
