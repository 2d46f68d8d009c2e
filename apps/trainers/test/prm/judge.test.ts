import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { call } from "../call";

/** A server of chats that answers each question about a step with a verdict, with or without log-probabilities. */
async function judge(hasLogprobs: boolean): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const isSecond = body.includes("paragraph_1");
    const top = [
      { token: " Yes", logprob: Math.log(isSecond ? 0.25 : 0.75) },
      { token: " No", logprob: Math.log(isSecond ? 0.75 : 0.25) },
    ];
    const content = [
      { token: "Verdict:", logprob: 0, top_logprobs: [] },
      { token: " Yes", logprob: top[0]!.logprob, top_logprobs: top },
    ];
    const logprobs = hasLogprobs ? { content } : null;
    const message = { role: "assistant", content: "Verdict: Yes" };
    const choices = [{ index: 0, message, logprobs, finish_reason: "stop" }];
    response.end(JSON.stringify({ choices }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const typed = ["--problem", "1 + 1?", "--solution", "it is 2\\nThe answer is: 3", "--json"];

it("prm score takes a judge's probability of yes, and refuses one without log-probabilities by name", async () => {
  const kind = ["--scorer-model", "my-judge", "--scorer-kind", "judge"];
  const scored = await call([
    "prm",
    "score",
    "--scorer-endpoint",
    await judge(true),
    ...kind,
    ...typed,
  ]);
  expect(scored, scored.err).toMatchObject({ code: 0 });
  expect(JSON.parse(scored.out).scores).toBeAllclose([0.75, 0.25], { rtol: 0, atol: 1e-6 });

  const mute = await call([
    "prm",
    "score",
    "--scorer-endpoint",
    await judge(false),
    ...kind,
    ...typed,
  ]);
  expect(mute.code).not.toBe(0);
  expect(mute.err.replaceAll(/\s+/g, " ")).toContain("my-judge returns no log-probabilities");

  const nowhere = await call(["prm", "score", "--scorer-kind", "judge", ...typed]);
  expect(nowhere).toMatchObject({ code: 2 });
  expect(nowhere.err).toContain("--scorer-kind judge needs --scorer-endpoint");
});
