import { describe, expect, it } from "vitest";
import { needleTasks } from "../../src";

const haystack = Array.from({ length: 40 }, (_, i) => `Sentence number ${i} has six words.`).join(
  " ",
);
const common = {
  haystack,
  needle: "The key is 42.",
  question: "What is the key?",
  answer: "42",
  buffer: 10,
};

describe("needles in a haystack", () => {
  it("stand where they were asked for, at the end of a sentence before it", () => {
    const tasks = needleTasks({ ...common, lengths: [100], depths: [0, 25, 50, 100] });
    expect(tasks.map(({ id }) => id)).toEqual([
      "needle/100/0",
      "needle/100/25",
      "needle/100/50",
      "needle/100/100",
    ]);
    for (const { prompt, depth, position, length } of tasks) {
      const context = prompt.split("\n\n")[0]!;
      const words = context.trim().split(/\s+/);
      expect(words).toHaveLength(length - common.buffer);
      expect(words.slice(position, position + 4).join(" ")).toBe("The key is 42.");
      const before = words.slice(0, position);
      if (before.length > 0 && depth < 100) expect(before.at(-1)).toMatch(/\.$/);
      if (depth < 100) {
        const wanted = Math.floor((depth / 100) * (length - common.buffer - 4));
        expect(wanted - position).toBeGreaterThanOrEqual(0);
        expect(wanted - position).toBeLessThan(6);
      }
      expect(prompt.endsWith("What is the key?")).toBe(true);
    }
    expect(tasks[3]!.position).toBe(86);
  });

  it("repeat a haystack that is too short, and take other tokens", () => {
    const [task] = needleTasks({
      ...common,
      haystack: "ab. ",
      lengths: [60],
      depths: [50],
      encode: (text) => [...text],
      decode: (tokens) => tokens.join(""),
    });
    expect([...task!.prompt.split("\n\n")[0]!]).toHaveLength(49); // without the space at its beginning
  });

  it("refuse lengths that the needle fills, and depths outside", () => {
    expect(() => needleTasks({ ...common, lengths: [14], depths: [0] })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(() => needleTasks({ ...common, lengths: [100], depths: [101] })).toThrow("depths[0]");
    expect(() => needleTasks({ ...common, haystack: " ", lengths: [100], depths: [0] })).toThrow(
      "the haystack is empty",
    );
  });
});
