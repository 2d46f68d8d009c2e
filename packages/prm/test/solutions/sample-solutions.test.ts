import { describe, expect, it } from "vitest";
import type { Completer } from "../../src/completers/completer";
import { sampleSolutions } from "../../src/solutions/sample-solutions";

const completer: Completer = async (_, { seeds }) =>
  seeds.map((_, i) => ["one\n\ntwo", " one\ntwo", "three", "\n"][i % 4]!);

async function all(options: Partial<Parameters<typeof sampleSolutions>[1]> = {}) {
  const made = [];
  const questions = [{ id: "a", problem: "p", answer: "1" }];
  for await (const each of sampleSolutions(questions, { completer, n: 4, ...options }))
    made.push(each);
  return made;
}

describe("sampleSolutions", () => {
  it("splits texts into steps and drops duplicates and empty ones", async () => {
    expect(await all()).toEqual([
      { id: "a/0", problem: "p", steps: ["one", "two"], gold: "1" },
      { id: "a/2", problem: "p", steps: ["three"], gold: "1" },
    ]);
    expect((await all({ keepDuplicates: true })).map(({ id }) => id)).toEqual([
      "a/0",
      "a/1",
      "a/2",
    ]);
  });

  it("refuses problems without text, and n below 1", async () => {
    const broken = sampleSolutions([{ id: "a", problem: "", answer: "1" }], { completer });
    await expect(broken.next()).rejects.toThrow(/problem "a" needs id, problem and answer/);
    await expect(all({ n: 0 })).rejects.toThrow(/n must be/);
  });
});
