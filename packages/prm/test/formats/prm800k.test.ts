import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { expandPrm800k, type Prm800kRecord, parsePrm800k } from "../../src/formats/prm800k";
import { formatRow } from "../../src/formats/read-rows";
import { linesOf, rowsOf } from "../support/rows";

const record = {
  is_quality_control_question: false,
  is_initial_screening_question: false,
  question: { problem: "p", ground_truth_answer: "1" },
  label: {
    finish_reason: "solution",
    steps: [
      {
        completions: [
          { text: "a", rating: 1, flagged: false },
          { text: "b", rating: 0 },
        ],
        human_completion: null,
        chosen_completion: 1,
      },
      {
        completions: [
          { text: "c", rating: -1 },
          { text: "d", rating: null },
        ],
        human_completion: { text: "e" },
        chosen_completion: null,
      },
      {
        completions: [{ text: "f", rating: 1 }],
        human_completion: null,
        chosen_completion: null,
      },
      { completions: [{ text: "never", rating: 1 }], human_completion: null, chosen_completion: 0 },
    ],
  },
} satisfies Prm800kRecord;

describe("PRM800K records", () => {
  it("expand to a row per prefix and alternative", () => {
    const rows = expandPrm800k(parsePrm800k(record));
    expect(rows.map(({ completions, labels }) => [completions.join(""), labels])).toEqual([
      ["a", [true]],
      ["b", [false]],
      ["bc", [false, false]],
      ["bef", [false, true, true]],
    ]);
    const lenient = expandPrm800k(record, { positive: "not-bad" });
    expect(lenient[1]!.labels).toEqual([true]);
    const control = { ...record, is_quality_control_question: true };
    expect(expandPrm800k(control)).toEqual([]);
    expect(expandPrm800k(control, { keepControls: true })).toHaveLength(4);
  });

  it("are refused when malformed", () => {
    const broken = structuredClone(record) as unknown as {
      label: { steps: Record<string, never>[] };
    };
    broken.label.steps[0]!.chosen_completion = 2 as never;
    expect(() => parsePrm800k(broken)).toThrow(
      /chosen_completion must be null or an index below 2/,
    );
    broken.label.steps[0]!.completions = [{ text: "a", rating: 2 }] as never;
    expect(() => parsePrm800k(broken)).toThrow(/rating must be -1, 0, 1 or null, got 2/);
    expect(() => parsePrm800k({ ...record, label: {} })).toThrow(/finish_reason/);
  });

  it.skipIf(sharedIsMissing)("of the samples are byte-equal after a round trip", async () => {
    const lines = linesOf("data/math/prm800k-samples.jsonl");
    const events = await rowsOf(lines.join("\n"), parsePrm800k);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 6, rejected: 0 });
    const written = events.flatMap((e) => (e.type === "row" ? [formatRow(e.value)] : []));
    expect(written).toEqual(lines.map((line) => formatRow(JSON.parse(line))));
    const rows = events.flatMap((e) => (e.type === "row" ? expandPrm800k(e.value) : []));
    expect(rows.length).toBeGreaterThan(20);
  });
});
