import Papa from "papaparse";
import { expect, it } from "vitest";
import { metricsCsv } from "../../src/metrics/metrics-csv";

const record = { stage: "pretrain", type: "sample", step: 1, time: "2026-01-01T00:00:00.000Z" };

it("puts an apostrophe before texts that a spreadsheet computes, and leaves numbers and other texts", () => {
  const formulas = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "=1\n+1"];
  const others = ["a=1", "'=1", " -1", "1-1", ""];
  const texts = [...formulas, ...others];
  const records = texts.map((text, i) => ({ ...record, text, loss: -i, "=name": true }));
  const { data, meta } = Papa.parse<Record<string, string>>(metricsCsv(records).trimEnd(), {
    header: true,
  });
  expect(data.map(({ text }) => text)).toEqual([...formulas.map((text) => `'${text}`), ...others]);
  expect(data.map(({ loss }) => loss)).toEqual(texts.map((_, i) => String(-i)));
  expect(meta.fields).toContain("'=name");
});
