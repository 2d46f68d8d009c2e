import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { checkSentinels, type FimMode, fimPrompt, fimText, sentinels } from "../../src";

interface Golden {
  sentinels: { begin: string; hole: string; end: string };
  cases: { document: string; cuts_in_code_points: [number, number]; mode: FimMode; text: string }[];
  lookalikes_to_refuse: string[];
  official_prompt: { prefix: string; suffix: string; text: string };
}

describe.skipIf(sharedIsMissing)("fill-in-the-middle of other implementations", () => {
  const read = () => JSON.parse(readFileSync(shared("golden/coder/fim.json"), "utf8")) as Golden;

  it("is reproduced in every case, surrogate pairs included", () => {
    const { cases, sentinels: marks } = read();
    expect(cases.length).toBeGreaterThanOrEqual(24);
    expect(sentinels.deepseek).toEqual({ begin: marks.begin, hole: marks.hole, end: marks.end });
    for (const { document, cuts_in_code_points, mode, text } of cases)
      expect(fimText(document, cuts_in_code_points, mode)).toBe(text);
  });

  it("has the published insertion prompt", () => {
    const { prefix, suffix, text } = read().official_prompt;
    expect(fimPrompt({ prefix, suffix })).toBe(text);
  });

  it("is told from its look-alikes", () => {
    for (const text of read().lookalikes_to_refuse)
      expect(checkSentinels(`x${text}y`)).toMatchObject([{ index: 1, found: text }]);
  });
});
