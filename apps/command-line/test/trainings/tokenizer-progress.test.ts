import { expect, it } from "vitest";
import type { Progress } from "../../src/terminal/progress";
import { trainedTokenizer } from "../../src/trainings/pretraining-texts";

it("shows tokens decoded, and none that is a part of a character", async () => {
  const shown: string[] = [];
  const task = { update: (_: number, message: string) => shown.push(message), end: () => {} };
  const progress = { task: () => task } as unknown as Progress;
  const words = Array.from({ length: 200 }, (_, i) => {
    const letter = String.fromCodePoint(0xac00 + 37 * i);
    return `${letter} ${"abcdefghij"[i % 10]}${"klmnopqrst"[Math.floor(i / 10) % 10]}`;
  });
  const { signal } = new AbortController();
  const texts = Array.from({ length: 40 }, () => words.join(" "));
  await trainedTokenizer(texts, { vocabSize: 800 }, { progress, signal });
  expect(shown.length).toBeGreaterThan(1);
  expect(shown.join("\n")).not.toMatch(/Ġ|\ufffd/);
  expect(shown.join("\n")).toMatch(/"␣\S+" occurs \d+ times/);
});
