import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { expectStudyPage } from "../support/expect-study-page";
import { bench } from "../watermark/tiny-model";

const args = [
  "compare",
  "balance-marking",
  "--model",
  "model",
  "--corpus",
  "human.txt",
  "--texts",
  "2",
];
const small = [
  ...args,
  "--bits",
  "4",
  "--tokens",
  "50",
  "--seeds",
  "1",
  "--full",
  "--out",
  "result",
];

describe("compare balance-marking", () => {
  it("measures every scheme on the same prompts, and shows its claims", async () => {
    const { cwd } = await bench();
    const { code, out: table, err } = await call(small, { cwd });
    expect(code, err).toBe(0);
    const { page, results: result } = await expectStudyPage(join(cwd, "result"));
    expect(result.settings).toMatchObject({ model: "model", texts: 2, bits: 4, tokens: 50 });
    const rows = result.runs.map((run) => run.result);
    const written = new Map(
      result.runs.map((run) => [run.result, run.variant.includes("-half/") ? 30 : 50]),
    );
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
      expect(row.codingRate).toBeCloseTo(row.payloadBits / written.get(row)!, 12);
      const isFull = row.copyPaste !== undefined; // bonuses other than the published one are edited once
      expect(row.success.map((one: { substitution: number }) => one.substitution)).toEqual(
        isFull ? [0, 0.1, 0.3, 0.5] : [0, 0.1],
      );
      if (isFull) expect(row.copyPaste.trials).toBe(2);
      expect(row.perplexityRatio).toBeGreaterThan(0);
      expect(row.encodeMicros).toBeGreaterThan(0);
      expect(row.decodeMicros).toBeGreaterThan(0);
      expect(table).toContain(row.name);
    }
    expect(page.match(/role="img"/g)).toHaveLength(8); // the findings and three charts, for screens and for phones
    for (const { name } of rows) expect(page).toContain(`<th scope="row">${name}</th>`);
    expect(result.claims).toHaveLength(12);
    expect(table).toContain(
      "perplexity ratio, 90 % found: Balance-Marking, same model < CTWL vanilla",
    );
  });

  it("has the frontier of both sides in its JSON", async () => {
    const { cwd } = await bench();
    const { code, out, err } = await call(
      [...small.slice(0, -3), "--experiments", "criteria", "--out", "result", "--json"],
      { cwd },
    );
    expect(code, err).toBe(0);
    const { frontier, gates, claims } = JSON.parse(out);
    for (const side of ["vanilla", "balance"]) {
      expect(frontier[side].map(({ delta }: { delta: number }) => delta)).toEqual([
        0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3,
      ]);
      for (const { perplexityRatio, kl, found, half } of frontier[side]) {
        expect(Math.min(perplexityRatio, half.perplexityRatio)).toBeGreaterThan(0);
        expect(kl).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
      }
    }
    expect(gates).toHaveLength(1);
    expect(claims.length).toBeGreaterThan(4);
  });
});
