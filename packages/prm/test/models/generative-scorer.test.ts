import { describe, expect, it } from "vitest";
import { generativeScorer, openAiCompleter, scoreSteps } from "../../src";
import type { Completer, ScoredToken } from "../../src/completers/completer";
import { batchCompleter } from "../../src/lm";
import { probabilityOfYes, verdictPrompt } from "../../src/models/verdict";
import { asciiTokenizer, tinyLm } from "../support/tiny-lm";

/** A token with alternatives, all by their probabilities. */
const token = (text: string, p = 1, others: Record<string, number> = {}): ScoredToken => ({
  text,
  logProbability: Math.log(p),
  top: Object.entries(others).map(([other, q]) => ({ text: other, logProbability: Math.log(q) })),
});
const written = (...tokens: ScoredToken[]) => ({
  text: tokens.map(({ text }) => text).join(""),
  tokens,
});
const verdict = (yes: number) =>
  written(token("Fine."), token("\nVerdict:"), token(" Yes", yes, { " No": 1 - yes }));

describe("the probability of yes", () => {
  it("is the sum over all tokens at the verdict that say yes", () => {
    const others = { " Yes": 0.6, " yes": 0.05, " No": 0.3, Yes: 0.02 };
    const tokens = [token("Verdict:"), token(" "), token(" No", 0.3, others)];
    expect(probabilityOfYes(tokens, "Verdict:")).toBeCloseTo(0.67, 12);
    // The written token counts where it is not among the alternatives, and once where it is.
    expect(probabilityOfYes([token("Verdict:"), token(" Yes", 0.4)], "Verdict:")).toBeCloseTo(
      0.4,
      12,
    );
    expect(probabilityOfYes([token("Yes", 0.9, { Yes: 0.9 })], "")).toBeCloseTo(0.9, 12);
    expect(probabilityOfYes([token("No", 0.9)], "")).toBe(0);
  });

  it("is that of the last verdict, and of none where no word there is yes or no", () => {
    const twice = [
      token("Verdict:"),
      token("Yes", 0.9),
      token(" Verdict:"),
      token(" **"),
      token("no", 1, { yes: 0.2 }),
    ];
    expect(probabilityOfYes(twice, "Verdict:")).toBeCloseTo(0.2, 12);
    expect(probabilityOfYes([token("Verdict:"), token(" maybe"), token(" yes")], "Verdict:")).toBe(
      undefined,
    );
    expect(probabilityOfYes([token("yes")], "Verdict:")).toBe(undefined);
    expect(probabilityOfYes([token("Verdict:")], "Verdict:")).toBe(undefined);
    expect(probabilityOfYes([], "")).toBe(undefined);
  });
});

it("a generative scorer asks about each step, given those before it, and averages its verdicts", async () => {
  const asked: string[] = [];
  const judge: Completer = async ({ problem }, { seeds, logProbabilities }) => {
    asked.push(problem);
    expect(logProbabilities).toBe(5);
    const isSecond = problem.includes("paragraph_1");
    return seeds.map((_, i) =>
      i === 2 ? written(token("hm")) : verdict(isSecond ? 0.25 : [0.9, 0.6][i]!),
    );
  };
  const scores = await scoreSteps(generativeScorer(judge, { votes: 3 }), "1+1?", [
    "a",
    "b</problem>",
  ]);
  expect(scores[0]).toBeCloseTo(0.75, 12);
  expect(scores[1]).toBeCloseTo(0.25, 12);
  expect(asked.sort((a, b) => a.length - b.length)).toEqual([
    verdictPrompt("1+1?", ["a"]),
    verdictPrompt("1+1?", ["a", "b</problem>"]),
  ]);
  expect(asked[1]).toContain("b&lt;/problem>"); // a step cannot close its tag
});

it("a judge without a mark answers with the verdict at once", async () => {
  const curt: Completer = async (_, { seeds }) =>
    seeds.map(() => written(token("no", 0.8, { yes: 0.2 })));
  const prompt = (problem: string, steps: readonly string[]) => `${problem} ${steps.at(-1)}`;
  const scores = await generativeScorer(curt, { mark: "", prompt })("p", ["a", "b"]);
  expect(scores).toBeAllclose([0.2, 0.2], { rtol: 0, atol: 1e-12 });
});

describe("errors", () => {
  it("name a completer that returns no log-probabilities", async () => {
    const mute: Completer = async (_, { seeds }) => seeds.map(() => "Verdict: Yes");
    await expect(generativeScorer(mute)("p", ["a"])).rejects.toMatchObject({
      code: "ERR_COMPLETION",
      message: expect.stringContaining("mute returns no log-probabilities"),
      fields: { completer: "mute" },
    });
    const named = generativeScorer(mute, { name: "my-model" });
    await expect(named("p", ["a"])).rejects.toThrow(/my-model returns no log-probabilities/);
  });

  it("name the step without a verdict, and options out of range", async () => {
    const silent: Completer = async ({ problem }, { seeds }) =>
      seeds.map(() => (problem.includes("paragraph_1") ? written(token("well")) : verdict(0.5)));
    await expect(generativeScorer(silent)("p", ["a", "b"])).rejects.toThrow(
      /silent gives no verdict on step 2: expected yes or no after "Verdict:"/,
    );
    expect(() => generativeScorer(silent, { votes: 0 })).toThrow(/votes/);
    expect(() => generativeScorer(silent, { maxTokens: 0.5 })).toThrow(/maxTokens/);
    expect(() => generativeScorer(undefined as never)).toThrow(/completer/);
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(
      scoreSteps(generativeScorer(silent), "p", ["a"], { signal: stopped }),
    ).rejects.toThrow("enough");
  });
});

describe("log-probabilities of completers", () => {
  const text = { tokens: ["Verdict:", " Yes"], token_logprobs: [0, Math.log(0.7)] };
  const choices = {
    completions: {
      text: "Verdict: Yes",
      logprobs: { ...text, top_logprobs: [null, { " Yes": Math.log(0.7), " No": Math.log(0.3) }] },
    },
    chat: {
      message: { content: "Verdict: Yes" },
      logprobs: {
        content: text.tokens.map((each, i) => ({
          token: each,
          logprob: text.token_logprobs[i],
          top_logprobs: [],
        })),
      },
    },
  };
  const endpoint = (choice: object, sent: Record<string, unknown>[] = []) => ({
    baseUrl: "http://server/v1",
    model: "m",
    retries: 0,
    fetch: (async (_: string, { body }: { body: string }) => {
      sent.push(JSON.parse(body));
      return new Response(
        JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", ...choice }] }),
      );
    }) as unknown as typeof fetch,
  });

  it.each(["completions", "chat"] as const)("are those of an endpoint's %s", async (api) => {
    const sent: Record<string, unknown>[] = [];
    const scorer = generativeScorer(openAiCompleter({ ...endpoint(choices[api], sent), api }));
    expect((await scorer("p", ["a"]))[0]).toBeCloseTo(0.7, 12);
    const fields = api === "chat" ? { logprobs: true, top_logprobs: 5 } : { logprobs: 5 };
    expect(sent[0]).toMatchObject(fields);
  });

  it("are those of a stream", async () => {
    const parts = [0, 1].map((i) => ({
      index: 0,
      text: text.tokens[i],
      logprobs: { tokens: [text.tokens[i]], token_logprobs: [text.token_logprobs[i]] },
      finish_reason: i === 1 ? "stop" : null,
    }));
    const lines = parts.map((part) => `data: ${JSON.stringify({ choices: [part] })}\n\n`);
    const options = {
      ...endpoint({}),
      stream: true,
      fetch: (async () =>
        new Response(`${lines.join("")}data: [DONE]\n\n`)) as unknown as typeof fetch,
    };
    expect((await generativeScorer(openAiCompleter(options))("p", ["a"]))[0]).toBeCloseTo(0.7, 12);
  });

  it("are refused where they are no numbers, and missing ones by the endpoint's name", async () => {
    const odd = { ...choices.completions, logprobs: { ...text, token_logprobs: [0, "high"] } };
    await expect(
      generativeScorer(openAiCompleter(endpoint(odd)))("p", ["a"]),
    ).rejects.toMatchObject({ code: "ERR_RESPONSE" });
    const high = { ...choices.completions, logprobs: { ...text, token_logprobs: [0, 2] } };
    await expect(generativeScorer(openAiCompleter(endpoint(high)))("p", ["a"])).rejects.toThrow(
      /at most 0/,
    );
    const none = openAiCompleter(endpoint({ ...choices.completions, logprobs: null }));
    await expect(generativeScorer(none, { name: "m" })("p", ["a"])).rejects.toThrow(
      /m returns no log-probabilities/,
    );
  });

  it("are those of a model of @deepgrain/lm, the verdict's first word included", async () => {
    const completer = batchCompleter(tinyLm(3), {
      tokenizer: asciiTokenizer,
      temperature: 0,
      maxTokens: 3,
    });
    const [made] = await completer(
      { problem: "p", steps: [] },
      { seeds: [1], logProbabilities: 2 },
    );
    const { tokens, text } = made as ReturnType<typeof written>;
    expect(tokens).toHaveLength(3);
    for (const { logProbability, top, text: own } of tokens) {
      expect(top).toHaveLength(2);
      expect(top[0]!.text).toBe(own); // the likeliest is taken
      expect(top[0]!.logProbability).toBeCloseTo(logProbability, 6);
      expect(logProbability).toBeLessThan(0);
    }
    expect(tokens.map((each) => each.text).join("")).toBe(text);
    const [plain] = await completer({ problem: "p", steps: [] }, { seeds: [1] });
    expect(plain).not.toHaveProperty("tokens");
  });
});
