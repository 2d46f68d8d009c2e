import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const words = [
  ["dull", "cold", "poor"],
  ["fine", "great", "warm"],
];
const rows = Array.from({ length: 80 }, (_, i) => {
  const own = words[i % 2]!;
  return { text: `a ${own[i % 3]} and ${own[(i + 1) % 3]} film`, label: i % 2 };
});
const small = ["--steps", "20", "--vocab-size", "300", "--hidden-size", "8", "--max-length", "16"];

async function folder() {
  const cwd = await temporaryFolder();
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFile(join(cwd, "rows.jsonl"), lines);
  const deepgrain = (line: string) => call(line.split(" "), { cwd });
  return { cwd, deepgrain };
}

describe("purify train", () => {
  it("makes what attack and run begin from, out of labelled texts alone", async () => {
    const { cwd, deepgrain } = await folder();
    const made = await deepgrain(
      `purify train --data rows.jsonl --out base ${small.join(" ")} --json`,
    );
    expect(made.code, made.err).toBe(0);
    expect(JSON.parse(made.out)).toMatchObject({ texts: 80, labels: ["LABEL_0", "LABEL_1"] });
    const attack =
      "purify attack --data rows.jsonl --test rows.jsonl --trigger cf --lr 0.01 --epochs 60 --batch-size 16 --json";
    const clean = await deepgrain(`${attack} --model base --poison-rate 0 --out clean`);
    expect(clean.code, clean.err).toBe(0);
    expect(JSON.parse(clean.out).acc.value).toBeGreaterThan(0.9);
    const victim = await deepgrain(`${attack} --model base --poison-rate 0.3 --out victim`);
    expect(victim.code, victim.err).toBe(0);
    const run =
      "purify run --init base --finetuned victim --indicator delta2 --rho 0.5 --out purified --json";
    const purified = await deepgrain(run);
    expect(purified.code, purified.err).toBe(0);
    const { id2label } = JSON.parse(await readFile(join(cwd, "purified", "config.json"), "utf8"));
    expect(id2label).toEqual({ 0: "LABEL_0", 1: "LABEL_1" });
  });

  it("takes tables and named labels", async () => {
    const { cwd, deepgrain } = await folder();
    const table = rows.map(({ text, label }) => `${label ? "good" : "bad"}\t${text}`).join("\n");
    await writeFile(join(cwd, "rows.tsv"), `label\ttext\n${table}\n`);
    const { code, out, err } = await deepgrain(
      `purify train --data rows.tsv --out base ${small.join(" ")} --json`,
    );
    expect(code, err).toBe(0);
    expect(JSON.parse(out).labels).toEqual(["bad", "good"]);
  });

  it("refuses texts of one class and a folder with other files", async () => {
    const { cwd, deepgrain } = await folder();
    await writeFile(join(cwd, "one.jsonl"), '{"text": "a", "label": "x"}\n');
    const one = await deepgrain(`purify train --data one.jsonl --out base ${small.join(" ")}`);
    expect(one).toMatchObject({ code: 1, err: expect.stringContaining("at least two classes") });
    const own = await deepgrain(`purify train --data rows.jsonl --out . ${small.join(" ")}`);
    expect(own.code).toBe(2);
  });
});
