import { readFileSync } from "node:fs";
import { fitParts, plan } from "@deepgrain/scaling-laws";
import { describe, expect, it } from "vitest";
import { FIT, fitTable, lookAt } from "../../src/scaling/look";
import { problemOf, readTable } from "../../src/scaling/table";
import { readRecorded } from "../../src/site/read-recorded";

const shipped = readFileSync(new URL("../../recorded/scaling.csv", import.meta.url), "utf8");
const table = readTable(shipped, "runs");

describe("the shipped table of runs", () => {
  it("holds the study's trainings, each for its part of the law", () => {
    const { sizes, batches, rates, larger } = table;
    expect([sizes, batches, rates, larger].map(({ length }) => length)).toEqual([125, 60, 60, 5]);
    expect(sizes[0]).toMatchObject({ budget: 2e9, model: 9792, loss: 3.35996, unit: "bpb" });
  });

  it("gives what the page shows at first", () => {
    const { look } = readRecorded<{ look: object }>("scaling");
    expect(JSON.parse(JSON.stringify(lookAt(fitTable(table, 0), 10 ** 11.11)))).toEqual(look);
  });
});

describe("a look at a table", () => {
  it("foretells hidden budgets and the larger run from the others alone", () => {
    const { forecasts, runs, optima } = lookAt(fitTable(table, 2), 1e11);
    expect(forecasts.map(({ isLarger }) => isLarger)).toEqual([false, false, true]);
    expect(runs.filter(({ isHidden }) => isHidden)).toHaveLength(50);
    expect(optima).toHaveLength(3);
    const seen = table.sizes.filter(({ budget }) => budget! < 1.5e10);
    const { law } = fitParts({ sizes: seen, batches: [], rates: [] }, FIT);
    const [first] = forecasts;
    expect(first!.predicted.value).toBe(plan(first!.flops, law).loss!.value);
    for (const { predicted, measured } of forecasts)
      expect(Math.abs(predicted.value / measured - 1)).toBeLessThan(0.02);
  });

  it("says what is missing where too few budgets are left", () => {
    expect(() => fitTable(table, 3)).toThrow(/2 of 2 budgets have a usable profile, 3 are needed/);
  });
});

describe("a visitor's table", () => {
  it("counts for all parts of the law where it has no parts", () => {
    const own = readTable("flops,model,tokens,loss\n1e9,1e4,1e5,3\n", "own.csv");
    expect(own.sizes).toHaveLength(1);
    expect(own.batches).toBe(own.sizes);
    expect(own.larger).toEqual([]);
  });

  it.each([
    [
      "a part that there is none of",
      "part,flops,model,tokens,loss\nsome,1e9,1e4,1e5,3",
      /part: expected size, batch, rate or larger, got "some"/,
    ],
    [
      "NaN",
      "flops,model,tokens,loss\n1e9,1e4,1e5,NaN",
      /own.csv, row 1 \(line 2\), loss: expected a finite number above 0, got "NaN"/,
    ],
    [
      "too many rows",
      `flops,model,tokens,loss\n${"1e9,1e4,1e5,3\n".repeat(5001)}`,
      /5001 rows; at most 5000/,
    ],
    ["no rows", "flops,model,tokens,loss\n", /own.csv has no rows/],
  ])("is refused with %s", (_, text, message) => {
    expect(() => readTable(text, "own.csv")).toThrow(message);
  });

  it("must be a text", () => {
    expect(problemOf(new Uint8Array(0), "a.csv")).toMatch(/a.csv is empty/);
    expect(problemOf(new Uint8Array([0xff, 0xfe]), "a.csv")).toMatch(/no text in UTF-8/);
    expect(problemOf(new Uint8Array([65, 0]), "a.csv")).toMatch(/zero bytes/);
    expect(problemOf(new Uint8Array([65]), "a.csv")).toBeUndefined();
  });
});
