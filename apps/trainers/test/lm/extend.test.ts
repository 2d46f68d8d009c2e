import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "@deepgrain/lm";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeEach, describe, expect, it } from "vitest";
import { call } from "../call";

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, "m"));
  const text = (i: number) => `${i} whales and ${i + 1} fishes swim. `.repeat(12);
  const rows = Array.from({ length: 40 }, (_, i) => JSON.stringify({ text: text(i) }));
  await writeFile(join(cwd, "d.jsonl"), rows.join("\n"));
});

const extend = (...args: string[]) =>
  call(["extend", "--model", "m", "--data", "d.jsonl", "--out", "o", "--factor", "2", ...args], {
    cwd,
  });

describe("deepgrain extend", () => {
  it("writes a model for longer texts, and the loss by position before and after", async () => {
    const stages = ["--stages", "160x2x2,256x2x1", "--scaling", "linear", "--lr", "0.01"];
    const { code, out, err } = await extend(...stages, "--json");
    expect(code, err).toBe(0);
    const { positions, before, after, tokens } = JSON.parse(out);
    expect(positions).toBe(256);
    expect(tokens).toBe(2 * 160 * 2 + 2 * 256);
    expect(before.map(({ from }: { from: number }) => from)).toEqual(
      after.map(({ from }: { from: number }) => from),
    );
    expect(after[0].loss).toBeLessThan(before[0].loss);
    expect(await loadConfig(join(cwd, "o"))).toMatchObject({
      maxPositionEmbeddings: 256,
      ropeScaling: { type: "linear", factor: 2 },
    });
  });

  it("holds out the end of a text that is one document, where it is long enough, and says so", async () => {
    const stages = ["--stages", "160x1x1", "--scaling", "linear"];
    const one = (repeats: number) =>
      writeFile(join(cwd, "d.jsonl"), JSON.stringify({ text: "A whale swims. ".repeat(repeats) }));
    await one(400);
    const long = await extend(...stages, "--json");
    expect(long.code, long.err).toBe(0);
    expect(long.err).toMatch(/one document: its last \d+ of \d+ tokens are held out/);
    expect(JSON.parse(long.out).before[0].loss).toBeGreaterThan(0);
    await one(50);
    const short = await extend(...stages, "--overwrite");
    expect(short).toMatchObject({ code: 0, out: `${join(cwd, "o")}\n` });
    expect(short.err).toContain("Nothing is set aside to be measured on: the text is too short.");
    await one(10);
    const less = await extend(...stages, "--overwrite");
    expect(less.code).toBe(1);
    expect(less.err).toMatch(/too short for sequences of 160 tokens: it is one document of \d+/);
  });

  it.each([
    [["--stages", "160x2"], "--stages must be LENGTHxSTEPSxBATCH"],
    [["--stages", "300x1x1", "--scaling", "none"], "stages[0].length"],
    [["--stages", "64x1x1"], "yarn"],
  ])("refuses %s", async (args, message) => {
    const { code, err } = await extend(...args);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });
});
