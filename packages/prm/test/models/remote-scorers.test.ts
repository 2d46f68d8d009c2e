import { describe, expect, it } from "vitest";
import { tokenClassificationScorer } from "../../src/models/token-classification-scorer";
import { vllmScorer } from "../../src/models/vllm-scorer";

type Answer = (path: string, body: Record<string, string>) => unknown;

/** A fetch that answers from a function, and the bodies it was sent. */
function mockFetch(answer: Answer) {
  const sent: { path: string; body: Record<string, string> }[] = [];
  const fetch = (async (url: string, init: { body: string }) => {
    const [path, body] = [new URL(url).pathname, JSON.parse(init.body)];
    sent.push({ path, body });
    return new Response(JSON.stringify(answer(path, body)));
  }) as unknown as typeof globalThis.fetch;
  return { fetch, sent };
}
const base = { baseUrl: "http://server", model: "prm", retries: 0 };

describe("the vLLM pooling scorer", () => {
  it("takes one row per step, [bad, good]", async () => {
    const { fetch, sent } = mockFetch(() => ({
      data: [
        {
          data: [
            [0.1, 0.9],
            [0.7, 0.3],
          ],
        },
      ],
    }));
    const scorer = vllmScorer({ ...base, fetch });
    expect(await scorer("p", ["a", "b"])).toEqual([0.9, 0.3]);
    expect(sent).toEqual([
      { path: "/pooling", body: { model: "prm", input: "p\n\na<extra_0>b<extra_0>" } },
    ]);
  });

  it.each([
    ["softmax", [[0, Math.log(3)]], 0.75],
    ["sigmoid", [0], 0.5],
    ["probability", [0.25], 0.25],
  ] as const)("reads %s outputs", async (output, data, score) => {
    const { fetch } = mockFetch(() => ({ data: [{ data }] }));
    expect((await vllmScorer({ ...base, fetch, output })("p", ["a"]))[0]).toBeCloseTo(score, 12);
  });

  it("takes the rows at the tag's own positions where there is one per token", async () => {
    const ids: Record<string, number[]> = { "<t>": [9], "p\n\na<t>b<t>": [1, 2, 9, 3, 9] };
    const { fetch, sent } = mockFetch((path, body) =>
      path === "/tokenize"
        ? { tokens: ids[body.prompt!] }
        : {
            data: [
              {
                data: [
                  [1, 0],
                  [1, 0],
                  [0.2, 0.8],
                  [1, 0],
                  [0.6, 0.4],
                ],
              },
            ],
          },
    );
    const scorer = vllmScorer({ ...base, fetch, stepTag: "<t>" });
    expect(await scorer("p", ["a", "b"])).toEqual([0.8, 0.4]);
    expect(sent.slice(1).map(({ body }) => body.add_special_tokens)).toEqual([false, true]);
  });

  it.each([
    [{ data: [] }, /request 1 .*no scores in the answer/],
    [{ data: [{ data: [["x"]] }] }, /one or two numbers/],
    [{ data: [{ data: [0.1, 0.2, 0.3] }] }, /3 rows for 1 steps, 1 tokens and 1 tags/],
  ])("refuses the answer %j", async (answer, message) => {
    const { fetch } = mockFetch((path) => (path === "/tokenize" ? { tokens: [9] } : answer));
    await expect(vllmScorer({ ...base, fetch })("p", ["a"])).rejects.toThrow(message);
  });

  it("refuses texts that hold the tag and tags of several tokens", async () => {
    const { fetch } = mockFetch((path) =>
      path === "/tokenize" ? { tokens: [1, 2] } : { data: [{ data: [1, 1, 1] }] },
    );
    await expect(vllmScorer({ ...base, fetch })("p<extra_0>", ["a"])).rejects.toThrow(
      /hold the tag/,
    );
    await expect(vllmScorer({ ...base, fetch })("p", ["a"])).rejects.toThrow(
      /is 2 tokens, must be one/,
    );
  });
});

describe("the token-classification scorer", () => {
  const token = (entity: string, score: number, end: number) => ({
    entity,
    score,
    start: end - 1,
    end,
  });

  it("takes the token that ends each step, offsets counted in characters", async () => {
    const { fetch, sent } = mockFetch(() => [
      token("LABEL_0", 0.5, 1),
      token("LABEL_1", 0.9, 4),
      token("LABEL_0", 0.8, 6),
    ]);
    const scorer = tokenClassificationScorer({ baseUrl: base.baseUrl, retries: 0, fetch });
    expect((await scorer("𝑝", ["ab", "c"])).map((s) => Math.round(s * 10) / 10)).toEqual([
      0.9, 0.2,
    ]);
    expect(sent[0]!.body.inputs).toBe("𝑝ab\nc\n");
  });

  it("names the step for which there is no token, and refuses other answers", async () => {
    const { fetch } = mockFetch(() => [token("LABEL_1", 0.9, 3)]);
    await expect(
      tokenClassificationScorer({ baseUrl: base.baseUrl, retries: 0, fetch })("p", ["a", "b"]),
    ).rejects.toThrow(/separator of step 2, at character 5/);
    const broken = mockFetch(() => ({ error: "loading" })).fetch;
    await expect(
      tokenClassificationScorer({ baseUrl: base.baseUrl, retries: 0, fetch: broken })("p", ["a"]),
    ).rejects.toThrow(/a list of tokens expected/);
  });
});
