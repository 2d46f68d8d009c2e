import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { heldOutLine } from "@deepgrain/command-line/trainings/held-out-line";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { tinyMixture } from "../support/tiny-mixture-config";
import { tinyTraining } from "../support/tiny-training";

it("has the perplexity of a loss per token, and none of other losses", () => {
  const about = { step: 50, steps: 200, value: Math.log(24.8) };
  expect(heldOutLine({ ...about, isPerToken: true })).toBe(
    "step 50 of 200 · held-out loss 3.2108, perplexity 24.8",
  );
  expect(heldOutLine({ ...about, isPerToken: false, more: "accuracy 0.700" })).toBe(
    "step 50 of 200 · held-out loss 3.2108 · accuracy 0.700",
  );
});

it("is of the end of a text that is one document, and its card counts what was read", async () => {
  const cwd = await temporaryFolder();
  const words = "one two three four ".repeat(200);
  await writeFile(join(cwd, "book.txt"), words);
  await writeFile(join(cwd, "config.json"), JSON.stringify(tinyMixture));
  const shape = "--steps 2 --batch-size 2 --sequence-length 16 --vocab-size 270".split(" ");
  const train = (data: string, out: string) =>
    call(["pretrain", "--data", data, "--model-config", "config.json", "--out", out, ...shape], {
      cwd,
    });
  const { code, err } = await train("book.txt", "long");
  expect(code, err).toBe(0);
  const [, heldOut, all] = /its last (\d+) of (\d+) tokens are held out/.exec(err)!.map(Number);
  expect(heldOut).toBe(Math.max(16, Math.floor(0.05 * all!)));
  const card = await readFile(join(cwd, "long", "README.md"), "utf8");
  expect(card).toContain(`- tokens of the corpus: ${(all! - heldOut!).toLocaleString("en")}`);
  expect(card).toContain("- tokens trained: 64");
  expect(card).toMatch(/## Measured\n\n- held-out loss, nats per token: \d/);

  await writeFile(join(cwd, "short.txt"), words.slice(0, 190));
  const short = await train("short.txt", "short");
  expect(short.err).toContain("Nothing is set aside to be measured on: the texts are too short.");
  expect(await readFile(join(cwd, "short", "README.md"), "utf8")).toMatch(
    /## Measured\n\n- training loss of the last step, nats per token: \d/,
  );
});

it("is printed once per evaluation of pretrain, the last after the last step", async () => {
  const cwd = await temporaryFolder();
  const err = await tinyTraining(cwd, "out");
  const lines = err.split("\n").filter((line) => line.includes("held-out"));
  const records = (await readFile(join(cwd, "out", "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const evaluations = records.filter(({ type }) => type === "eval-end");
  expect(evaluations.map(({ step }) => step)).toEqual([2, 4, 5]);
  expect(lines).toEqual(
    evaluations.map(({ step, loss }) =>
      heldOutLine({ step, steps: 5, value: loss, isPerToken: true }),
    ),
  );
  for (const { time } of records) expect(new Date(time).toISOString()).toBe(time);
});
