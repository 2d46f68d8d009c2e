/** @file Real contents through `-`: an input file from standard input, a result to standard output, all else beside it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const solutions = [
  { id: 1, completion: "so\n#### 1,234", gold: "#### 1234", format: "gsm8k" },
  { id: "b", completion: "\\boxed{\\frac12}", gold: "0.5", format: "math" },
];
const rows = `${solutions.map((row) => JSON.stringify(row)).join("\n")}\n{"id": 4}\n`;

describe("prm grade --completions - --out -", () => {
  it("prints the rows that it writes into a file, and says the rest on standard error", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "in.jsonl"), rows);
    const grade = ["prm", "grade"];
    const files = await call([...grade, "--completions", "in.jsonl", "--out", "out.jsonl"], {
      cwd,
    });
    expect(files).toMatchObject({ code: 0, out: "2 of 2 correct, 1 malformed rows left out\n" });
    const piped = await call([...grade, "--completions", "-", "--out", "-"], { cwd, input: rows });
    expect(piped.code).toBe(0);
    expect(piped.out).toBe(await readFile(join(cwd, "out.jsonl"), "utf8"));
    expect(
      piped.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).correct),
    ).toEqual([true, true]);
    expect(piped.err).toContain("completion is missing: expected text");
    expect(piped.err).toContain("2 of 2 correct, 1 malformed rows left out\n");
  });

  it("takes one stream once, and no --json beside a result there", async () => {
    const both = await call(["prm", "grade", "--completions", "-", "--out", "-", "--json"], {
      input: rows,
    });
    expect(both).toMatchObject({ code: 2, out: "" });
    const twice = ["purify", "run", "--init", "a", "--finetuned", "b", "--out", "c"];
    const { code, err } = await call([...twice, "--mask", "-", "--report", "-"]);
    expect(code).toBe(2);
    expect(err).toMatch(/only one of --\w+, --\w+ can be - \(standard output\)/);
  });
});

describe("esft select --out -", () => {
  it("prints the text of its file, on a terminal too", async () => {
    const cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, "m"));
    const message = (role: string) => ({ role, content: "one" });
    await writeFile(
      join(cwd, "t.jsonl"),
      JSON.stringify({ messages: [message("user"), message("assistant")] }),
    );
    const score = ["esft", "score", "--model", "m", "--data", "t.jsonl", "--out", "s"];
    expect(await call(score, { cwd })).toMatchObject({ code: 0 });
    const select = ["esft", "select", "--scores", "s", "--out"];
    expect(await call([...select, "e.json"], { cwd })).toMatchObject({ code: 0 });
    const printed = await call([...select, "-"], { cwd, columns: 80 });
    expect(printed.code, printed.err).toBe(0);
    expect(printed.out).toBe(await readFile(join(cwd, "e.json"), "utf8"));
  });
});
