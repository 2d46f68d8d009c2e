import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/random/seeds";
import { generateProblem } from "../../src/world/generate-problem";
import { noisySolver } from "../../src/world/solvers";
import { worldTokenizer } from "../../src/world/world-tokenizer";

const tokenizer = worldTokenizer();

describe("worldTokenizer", () => {
  it("gives problems and solutions back, wrong ones too", async () => {
    const problems = Array.from({ length: 400 }, (_, i) => generateProblem(5_000_000 + i));
    const solver = noisySolver(problems, { slip: 0.4 });
    for (const { problem, steps } of problems) {
      const [made] = await solver({ problem, steps: [] }, { seeds: [1] });
      for (const text of [problem, steps.join("\n"), (made as { text: string }).text])
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it("writes a calculation once, its digits from the last to the first", () => {
    const step = "Step 1: Now there are 12 + 5 = <<12+5=17>>17 marbles.";
    const ids = tokenizer.encode(step);
    expect(ids).toHaveLength(10);
    expect(tokenizer.decode(ids)).toBe(step);
    expect(tokenizer.decode(ids.slice(0, 4))).toBe("Step 1: Now there are 12");
  });

  it("keeps problems and steps short", () => {
    const { problem, steps } = generateProblem(2, { steps: [4, 4], distractors: [0, 0] });
    expect(tokenizer.encode(problem).length).toBeLessThan(45);
    expect(tokenizer.encode(steps.join("\n")).length).toBeLessThan(60);
    expect(tokenizer.vocabSize).toBeLessThan(200);
  });

  it("has an unknown token for what is not of this world", () => {
    const { unknownTokenId: unknown } = tokenizer;
    const ids = tokenizer.encode("Zoe; has 3");
    expect(ids.filter((id) => id === unknown)).toHaveLength(1);
    expect(tokenizer.decode(ids)).toBe("\ufffd has 3");
    expect(tokenizer.encode("§")).toEqual([unknown]);
  });

  it("gives any sequence of its own tokens a text that it can read", () => {
    const random = seededRandom(2);
    for (let i = 0; i < 300; i++) {
      const ids = Array.from(
        { length: 12 },
        () => 2 + Math.floor(random() * (tokenizer.vocabSize - 2)),
      );
      const text = tokenizer.decode(ids);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it("decodes any ids, so that what an untrained model writes can be read", () => {
    const all = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
    expect(tokenizer.decode(all).length).toBeGreaterThan(100);
  });
});
