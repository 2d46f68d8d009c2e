import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const model = () => shared("data/models/stories260K");
const corpus = () => shared("data/bpe/tinystories_sample.txt");

describe.skipIf(sharedIsMissing)("watermarks in stories260K's texts", () => {
  it("are written, found and read from text alone", async () => {
    const cwd = await temporaryFolder();
    const run = async (...args: string[]) => {
      const { code, out, err } = await call(["watermark", ...args], { cwd });
      expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
      return out;
    };
    const profile = {
      scheme: "ctwl-balance",
      vocab_size: 512,
      message_bits: 8,
      message_code_len: 8,
    };
    await writeFile(join(cwd, "p.json"), JSON.stringify({ ...profile, bias: 3, encode_ratio: 30 }));
    await writeFile(join(cwd, "key.hex"), "00112233445566778899aabbccddeeff");
    const flags = ["--profile", "p.json", "--key-file", "key.hex", "--model", model()];
    const args = ["--payload", "10110010", "--prompt", "Once upon a time", "--seed", "1"];
    await run("embed", ...flags, ...args, "--max-new-tokens", "250", "--out", "marked.json");
    const read = ["decode", ...flags, "--in", "marked.json", "--json"];
    for (const more of [[], ["--retokenize"]]) {
      const [result] = JSON.parse(await run(...read, ...more)).results;
      expect(result).toMatchObject({ verdict: "found", payload: "10110010" });
    }
  });

  it("are compared, scheme by scheme", async () => {
    const cwd = await temporaryFolder();
    const args = [
      "compare",
      "balance-marking",
      "--model",
      model(),
      "--corpus",
      corpus(),
      "--quick",
      "--experiments",
      "schemes",
    ];
    const { code } = await call([...args, "--texts", "2", "--out", "result"], { cwd });
    expect(code).toBe(0);
    const { runs } = JSON.parse(await readFile(join(cwd, "result/results.json"), "utf8"));
    const rows = runs.map((run: { result: unknown }) => run.result);
    expect(rows).toHaveLength(9);
    const exp = rows.find((row: { name: string }) => row.name === "EXP");
    expect(exp.success[0].rate.rate).toBe(1);
    for (const row of rows) expect(row.perplexityRatio).toBeLessThan(15);
  });
});
