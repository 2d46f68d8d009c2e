import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { bench } from "../papers/balance-marking/tiny-model";

const args = ["compare", "--model", "model", "--corpus", "human.txt", "--texts", "2"];
const small = [...args, "--bits", "4", "--tokens", "50", "--out", "result"];

describe("compare", () => {
  it("measures every scheme on the same prompts and writes table, JSON and page", async () => {
    const { run, cwd } = await bench();
    const table = await run(...small);
    const result = JSON.parse(await readFile(join(cwd, "result/comparison.json"), "utf8"));
    expect(result).toMatchObject({ model: "model", texts: 2, bits: 4, tokens: 50 });
    const schemes = result.rows.map((row: { profile: { scheme: string } }) => row.profile.scheme);
    expect(new Set(schemes)).toEqual(
      new Set([
        "kgw",
        "unigram",
        "exp",
        "synthid",
        "mpac",
        "rs-segment",
        "ctwl-vanilla",
        "ctwl-balance",
      ]),
    );
    for (const row of result.rows) {
      const hasPayload =
        ["mpac", "rs-segment"].includes(row.profile.scheme) || row.name.match(/CTWL|Balance/);
      expect(row.payloadBits).toBe(hasPayload ? 4 : 0);
      expect(row.codingRate).toBeCloseTo(row.payloadBits / 50, 12);
      expect(row.success.map((one: { substitution: number }) => one.substitution)).toEqual([
        0, 0.1, 0.3, 0.5,
      ]);
      expect(row.copyPaste.trials).toBe(2);
      expect(row.perplexityRatio).toBeGreaterThan(0);
      expect(row.encodeMicros).toBeGreaterThan(0);
      expect(row.decodeMicros).toBeGreaterThan(0);
      expect(table).toContain(row.name);
    }
    const page = await readFile(join(cwd, "result/report.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page.match(/<tr>/g)).toHaveLength(result.rows.length + 1);
  });

  it("gives the same numbers for the same seed, times apart", async () => {
    const { run } = await bench();
    const read = async () => {
      const { rows } = JSON.parse(await run(...small, "--json"));
      return rows.map((row: object) => ({ ...row, encodeMicros: 0, decodeMicros: 0 }));
    };
    expect(await read()).toEqual(await read());
  });

  it("refuses a corpus that is too short, and more tokens than the model has positions", async () => {
    const { attempt, save } = await bench();
    await save("ids.json", { input_ids: [[1, 2, 3]] });
    const short = await attempt(...small, "--corpus", "ids.json");
    expect(short.code).toBe(2);
    expect(short.err).toContain("at least 100 tokens");
    const long = await attempt(...small, "--tokens", "600");
    expect(long.code).toBe(2);
    expect(long.err).toContain("--tokens must be at most 495");
  });

  it("stops when it is interrupted, and leaves no folder", async () => {
    const { cwd } = await bench();
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(new Error("interrupted")), 300);
    const { code, err } = await call(["watermark", ...small, "--texts", "500"], {
      cwd,
      signal: interrupt.signal,
    });
    expect(code).toBe(130);
    expect(err).toContain("interrupted");
    await expect(readFile(join(cwd, "result/comparison.json"))).rejects.toThrow("ENOENT");
  });
});
