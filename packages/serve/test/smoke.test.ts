import { expect, it } from "vitest";
import { createHandler } from "../src";
import { ask, chunksOf, get, post } from "./support/ask";
import { stories, tinyChat, tinyEncoder } from "./support/models";

it("smokes", async () => {
  const s = await stories();
  const t = await tinyChat();
  const e = await tinyEncoder();
  const h = createHandler({ s, t, e, "s/2": s }, { onRequest: (r) => console.log(r) });
  console.log(
    JSON.stringify(
      await ask(
        h,
        post("/v1/chat/completions", {
          model: "s",
          messages: [{ role: "user", content: "Hi </s>" }],
          max_tokens: 8,
          seed: 1,
          n: 2,
          logprobs: true,
          top_logprobs: 1,
        }),
      ),
      null,
      1,
    ),
  );
  console.log(
    JSON.stringify(
      await ask(
        h,
        post("/v1/completions", {
          model: "s",
          prompt: "Once upon",
          temperature: 0,
          stop: ["girl"],
          logprobs: 1,
          echo: true,
          max_tokens: 12,
        }),
      ),
    ),
  );
  console.log(
    JSON.stringify(
      await chunksOf(
        await h(
          post("/v1/completions", {
            model: "s",
            prompt: ["Once upon", "Lily"],
            temperature: 0,
            stream: true,
            stream_options: { include_usage: true },
          }),
        ),
      ),
      null,
      1,
    ),
  );
  console.log(
    JSON.stringify(
      await chunksOf(
        await h(
          post("/v1/chat/completions", {
            model: "t",
            messages: [{ role: "user", content: "a" }],
            temperature: 1,
            stream: true,
            max_tokens: 9,
            logprobs: true,
            top_logprobs: 1,
          }),
        ),
      ),
      null,
      1,
    ),
  );
  console.log(
    JSON.stringify(
      await ask(
        h,
        post("/v1/embeddings", { model: "e", input: ["ab", "c"], encoding_format: "base64" }),
      ),
    ),
  );
  console.log(await (await h(get("/metrics"))).text());
  for (const r of [
    get("/v1/models"),
    get("/v1/models/s/2"),
    get("/v1/models/zz"),
    get("/health"),
    get("/v1/responses"),
    get("/x"),
    get("/v1/completions"),
    post("/v1/completions", "{"),
    post("/v1/completions", { model: "s", prompt: "a", foo: 1 }),
  ])
    console.log(JSON.stringify(await ask(h, r)));
  await h.close();
  expect(1).toBe(1);
});
