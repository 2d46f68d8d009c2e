import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { stoppedText, typedPath } from "../../src/commands/stopped";

const goOn = "deepgrain pretrain --out DIR --resume";

describe("stoppedText", () => {
  it("says which step is done, that it is saved, and how to go on", () => {
    expect(stoppedText({ done: 12, saved: 12, total: 400 }, goOn)).toBe(
      "Stopped after step 12 of 400, saved. Go on with: deepgrain pretrain --out DIR --resume",
    );
    expect(stoppedText({ done: 3, total: 100, unit: "round" }, goOn)).toContain(
      "Stopped after round 3 of 100, saved.",
    );
  });

  it("says what is not saved", () => {
    expect(stoppedText({ done: 15, saved: 10, total: 400 }, goOn)).toContain(
      "after step 15 of 400, step 10 is saved.",
    );
    expect(stoppedText({ done: 1, saved: 0, total: 400 }, goOn)).toContain("none is saved.");
    expect(stoppedText(undefined, goOn)).toContain("what was there is kept. Go on with:");
    expect(stoppedText(undefined, undefined)).toBe(
      "Stopped before the first step; nothing is kept.",
    );
  });
});

describe("typedPath", () => {
  const from = (path: string) => resolve("/home/me", path);

  it("is relative below the user's folder, and whole elsewhere", () => {
    expect(typedPath("/home/me/runs/a", from)).toBe("runs/a");
    expect(typedPath("/home/me", from)).toBe(".");
    expect(typedPath("/home/you/a", from)).toBe("/home/you/a");
  });

  it("is quoted where a shell would take it apart", () => {
    expect(typedPath("/home/me/my run", from)).toBe("'my run'");
    expect(typedPath("/home/me/it's", from)).toBe("'it'\\''s'");
  });
});
