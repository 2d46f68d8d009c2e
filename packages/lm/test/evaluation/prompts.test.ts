import { describe, expect, it } from "vitest";
import { promptOf } from "../../src/evaluation/prompts";
import { filled, parseTask } from "../../src/evaluation/task";
import { createRandom } from "../../src/generation/random";

const rows = Array.from({ length: 7 }, (_, i) => ({ q: `q${i}`, a: `a${i}` }));
const task = (shots: number) =>
  ({
    name: "t",
    kind: "answers",
    prompt: "{{q}}",
    answer: "{{a}}",
    shots,
    separator: ",",
  }) as const;

describe("A prompt", () => {
  it.each([0, 1, 3, 6])("has %d solved rows, drawn without putting any back", (shots) => {
    for (const index of rows.keys()) {
      const left = [...rows.keys()].filter((i) => i !== index);
      const { next } = createRandom([5, index]);
      const wanted = Array.from(
        { length: shots },
        () => left.splice(Math.floor(next() * left.length), 1)[0]!,
      );
      const solved = wanted.map((i) => `q${i} a${i},`).join("");
      expect(promptOf(task(shots), { rows, seed: 5 }, index)).toBe(`${solved}q${index}`);
    }
  });

  it("takes keys with blanks around them, and leaves other braces", () => {
    expect(filled("{{ q }}{{q\n}} {q} {{}} {{{q}}}", { q: 1 }, "row")).toBe("11 {q} {{}} {1}");
    const many = `{{${" ".repeat(100_000)}`;
    expect(filled(many, {}, "row")).toBe(many);
  });
});

it("refuses choices that are equal, naming both", () => {
  const choices = ["a", "b", "c", "b"];
  const own = { name: "t", kind: "choices", prompt: "p", answer: "a", choices };
  expect(() => parseTask(own, "file")).toThrow("choices 1 and 3 are equal");
});
