import { claimDetails, type Gate, gateText, judge, study, studyPage } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { loss, primary, studyOf } from "../support/runs-of";

const commit = "1234567890abcdef1234567890abcdef12345678";
const trial = (value: number) => ({ setting: `size ${value}`, seeds: [101], value, commit });

const gate = (more: Partial<Gate<number>> = {}): Gate<number> => ({
  measure: "share",
  most: 0.5,
  read: ({ runs }) => (runs.length > 0 ? 0.4 : null),
  tried: [trial(0.7), trial(0.25)],
  ...more,
});

const judged = (gates: Gate<number>[]) => {
  const claim = { lower: loss("a"), higher: loss("b"), margin: 0.1, primary, paper: "1 < 2" };
  const { own, runs } = studyOf({ a: [1, 2, 3], b: [2, 3, 4.1] }, [claim]);
  const gated = study({ ...own, gates });
  const judgement = judge(gated, runs);
  return { judgement, page: studyPage(gated, runs, judgement), claim: judgement.claims[0]! };
};

describe("a gate", () => {
  it("is met where the setting that was tried last lies within the bounds", () => {
    const { judgement, claim, page } = judged([gate()]);
    expect(judgement.gates).toEqual([
      { measure: "share", most: 0.5, tried: gate().tried, state: "met", here: 0.4 },
    ]);
    expect(claim).not.toHaveProperty("gate");
    expect(claimDetails(claim).naming).toBe("");
    const text =
      "gate met: share: at most 0.5; tried size 0.7: 0.7 (seeds 101, commit 12345678), size 0.25: 0.25 (seeds 101, commit 12345678); in these runs 0.4";
    expect(gateText(judgement.gates![0]!)).toBe(text);
    expect(page).toContain(text);
  });

  it.each([
    ["not met", [trial(0.25), trial(0.7)]],
    ["not measured", []],
  ])("%s stands beside every outcome", (state, tried) => {
    const { judgement, claim, page } = judged([gate({ tried })]);
    expect(judgement.gates![0]!.state).toBe(state);
    expect(claim.gate).toBe(state);
    expect(claimDetails(claim).naming).toBe(`gate ${state}`);
    expect(page).toContain(`gate ${state}`);
  });

  it("has both bounds or one of them", () => {
    const stateOf = (more: Partial<Gate<number>>) => judged([gate(more)]).judgement.gates![0]!;
    expect(stateOf({ least: 0.2, most: 0.6 }).state).toBe("met");
    expect(gateText(stateOf({ least: 0.2, most: 0.6 }))).toContain("share: 0.2 to 0.6;");
    expect(stateOf({ least: 0.3, most: undefined }).state).toBe("not met");
    expect(gateText(stateOf({ least: 0.3, most: undefined }))).toContain("share: at least 0.3;");
  });

  it.each([
    ["without bounds", { most: undefined }, "expected least or most"],
    ["with four trials", { tried: [1, 2, 3, 4].map(trial) }, "at most 3 settings"],
    ["with a value that is none", { tried: [trial(Number.NaN)] }, "must be finite"],
    ["with part of a commit", { tried: [{ ...trial(1), commit: "1234" }] }, "40 hexadecimal"],
    ["without seeds", { tried: [{ ...trial(1), seeds: [] }] }, "no seeds"],
  ])("is refused %s", (_, more, message) => {
    expect(() => judged([gate(more)])).toThrow(message);
  });
});
