import { wrapped } from "@deepgrain/command-line/help/help-layout";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { leavesOf } from "../support/output-flags";

const leaves = await leavesOf(deepgrain);
const groups = ["", ...new Set(leaves.map(({ name }) => name.split(" ")))].flatMap((words) =>
  typeof words === "string" ? [words] : words.length > 1 ? [words[0]!] : [],
);
const all = [...new Set([...groups, ...leaves.map(({ name }) => name)])];

describe.each([60, 80, 120])("help on a terminal of %d columns", (columns) => {
  it.each(all)("`deepgrain %s` has no wider line, examples excepted", async (name) => {
    const { code, out } = await call([...name.split(" ").filter(Boolean), "--help"], { columns });
    expect(code).toBe(0);
    const [text = ""] = out.split("\nExamples:\n");
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
  });

  it("has texts that begin within the first third of the line", async () => {
    const { out } = await call(["fed", "coordinator", "--help"], { columns });
    const at = out.split("\n").find((line) => line.includes("Print this help"))!;
    expect(at.indexOf("Print this help")).toBeLessThanOrEqual(Math.floor(columns / 3));
  });
});

describe("choices", () => {
  it("stand in the text where they would widen the flags beyond a third", async () => {
    const { out } = await call(["fed", "simulate", "--help"], { columns: 80 });
    expect(out).toContain("--method <word>");
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "with its tuned settings; one of fedavg, fedprox, fedavgm, fed-focal,",
    );
  });

  it("stand beside the flag where there is room", async () => {
    const { out } = await call(["fed", "simulate", "--help"], { columns: 80 });
    expect(out).toContain("--network <mlp|cnn>");
  });
});

describe("a wrapped text", () => {
  it("loses nothing but spaces, and has no line that is too long", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrapped(text, width).split("\n");
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
      }),
    );
  });
});
