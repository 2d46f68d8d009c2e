import { PassThrough } from "node:stream";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createProgress } from "../../src/cli/progress";
import { runCli } from "../../src/cli/run-cli";
import { deepgrain } from "../../src/commands";
import { leavesOf } from "../support/output-flags";

const engine = vi.hoisted(() => ({ isLoaded: false }));

vi.mock("@deepgrain/tensor-gpu", async (importOriginal) => {
  engine.isLoaded = true;
  return importOriginal();
});

/** Groups whose commands load what does their work when they run. */
const groups =
  /^(start|pretrain|generate|convert|logits|esft|moe|align|compare|bench|watch|export)\b/;

const own = Object.fromEntries(
  Object.entries(deepgrain.commands).filter(([name]) => groups.test(name)),
);
const leaves = await leavesOf({ ...deepgrain, commands: own });

describe("the engine", () => {
  beforeAll(() => {
    expect(leaves.length).toBeGreaterThan(25);
  });

  it.each(leaves)("is not loaded by `$name --help`", async ({ name }) => {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const code = await runCli(deepgrain, [...name.split(" "), "--help"], {
      version: "0.0.0",
      columns: 100,
      write,
      writeError: write,
      resolve: (file) => file,
      readInput: async () => new Uint8Array(),
      progress: createProgress(new PassThrough()),
      signal: new AbortController().signal,
    });
    expect(code, text).toBe(0);
    expect(text).toContain(`Usage: deepgrain ${name}`);
    expect(engine.isLoaded).toBe(false);
  });

  it("is loaded once it is needed", async () => {
    await import("@deepgrain/lm");
    expect(engine.isLoaded).toBe(true);
  });
});
