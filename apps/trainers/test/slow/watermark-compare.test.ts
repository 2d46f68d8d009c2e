import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { bench } from "../watermark/tiny-model";

const args = ["compare", "--model", "model", "--corpus", "human.txt", "--texts", "2"];
const small = [...args, "--bits", "4", "--tokens", "50", "--out", "result"];

describe("compare", () => {
  it("measures every scheme on the same prompts and writes table, JSON and page", async () => {
    const { run, cwd } = await bench();
    const table = await run(...small);
    const result = JSON.parse(await readFile(join(cwd, "result/results.json"), "utf8"));
    expect(result.settings).toMatchObject({ model: "model", texts: 2, bits: 4, tokens: 50 });
    const rows = result.runs.map((run: { result: unknown }) => run.result);
    const schemes = rows.map((row: { profile: { scheme: string } }) => row.profile.scheme);
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
    for (const row of rows) {
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
    expect(page.match(/role="img"/g)).toHaveLength(6); // three charts, for screens and for phones
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    for (const { name } of rows) expect(page).toContain(`<th scope="row">${name}</th>`);
    expect(result.claims).toHaveLength(2);
    expect(table).toContain("perplexity ratio: Balance-Marking, same model < CTWL vanilla");
  });

  it("gives the same numbers for the same seed, times apart", async () => {
    const { run } = await bench();
    const read = async (out: string) => {
      const { runs } = JSON.parse(await run(...small, "--out", out, "--json"));
      const results = runs.map(({ result }: { result: object }) => result);
      return results.map((row: object) => ({ ...row, encodeMicros: 0, decodeMicros: 0 }));
    };
    expect(await read("one")).toEqual(await read("two"));
  });

  it("goes on where it was stopped, and refuses a folder of other texts", async () => {
    const { attempt, run, cwd, save } = await bench();
    const one = join(cwd, "result/runs/kgw-min/seed-0.json");
    const all = JSON.parse(await run(...small, "--json"));
    await rm(one);
    const again = await attempt(...small, "--json");
    expect(again.err).toContain("11 runs were there already");
    const measured = ({ result }: { result: object }) => ({
      ...result,
      encodeMicros: 0,
      decodeMicros: 0,
    });
    expect(JSON.parse(again.out).runs.map(measured)).toEqual(all.runs.map(measured));
    await save("prompts.json", ["one", "two"]);
    const other = await attempt(...small, "--prompts", "prompts.json");
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("data.texts.sha256 was") });
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

  it("stops when it is interrupted, and leaves no result", async () => {
    const { cwd } = await bench();
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(new Error("interrupted")), 300);
    const { code, err } = await call(["watermark", ...small, "--texts", "500"], {
      cwd,
      signal: interrupt.signal,
    });
    expect(code).toBe(130);
    expect(err).toContain("interrupted");
    await expect(readFile(join(cwd, "result/results.json"))).rejects.toThrow("ENOENT");
  });
});
