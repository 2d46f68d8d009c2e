import { describe, expect, it } from "vitest";
import { scorerReward } from "../../training/step-reward";

const decode = (ids: readonly number[]) => String.fromCharCode(...ids).replaceAll("\u0000", "");
const encode = (text: string) => [...text].map((character) => character.charCodeAt(0));
const answer = (text: string) => ({
  prompt: 0,
  promptIds: [],
  ids: encode(text),
  isComplete: true,
});

/** Scores a step by the digit that it holds. */
const scorer = async (_: string, steps: readonly string[]) =>
  steps.map((step) => Number(/\d/.exec(step)?.[0] ?? 0) / 10);
const common = { scorer, problems: ["p"], decode, target: "process", credit: "sum" } as const;

describe("scorerReward", () => {
  it("pays each step at its last token, the end token counting to the last step", async () => {
    const reward = scorerReward(common);
    expect(await reward([answer("a 9\nb 2\u0000")])).toEqual([
      { ends: [3, 7], rewards: [0.9, 0.2] },
    ]);
  });

  it("pays the last score alone where the target is the outcome", async () => {
    const reward = scorerReward({ ...common, target: "outcome" });
    expect(await reward([answer("a 9\nb 2\u0000"), answer("\n\u0000")])).toEqual([0.2, 0]);
  });

  it("gives nothing for an answer without steps", async () => {
    expect(await scorerReward(common)([answer("\n \u0000")])).toEqual([
      { ends: [2], rewards: [0] },
    ]);
  });

  it("passes on the guards against paying for length", async () => {
    const long = answer("a 9\na 9\na 9");
    const total = async (options: object) => {
      const [own] = (await scorerReward({ ...common, ...options })([long])) as readonly {
        readonly rewards: readonly number[];
      }[];
      return own!.rewards.reduce((sum, x) => sum + x, 0);
    };
    expect(await total({})).toBeCloseTo(2.7, 9);
    expect(await total({ credit: "difference" })).toBeCloseTo(0.9, 9);
    expect(await total({ credit: "min" })).toBeCloseTo(0.9, 9);
    expect(await total({ credit: "centred" })).toBeCloseTo(1.2, 9);
    expect(await total({ maxSteps: 1 })).toBeCloseTo(0.9, 9);
    expect(await total({ repeatPenalty: 1 })).toBeCloseTo(0.7, 9);
  });
});
