import { afterEach, describe, expect, it, vi } from "vitest";
import { answerAtOnce } from "../../src/commands/answer-at-once";
import { asksForText } from "../../src/commands/asks-for-text";
import { defineCommand, defineGroup } from "../../src/commands/define-command";
import { completionOf } from "../../src/completion/command";
import * as flags from "../../src/flags/flags";
import { version } from "../../src/version";

const run = vi.fn(async () => undefined);
const root = defineGroup("For tests.", {
  write: defineCommand({
    summary: "writes",
    description: "Writes.",
    examples: ["write a"],
    flags: { words: flags.argument(flags.repeated(flags.text({ help: "Words" }))) },
    run,
  }),
  completion: { summary: "completes", load: async () => completionOf(root) },
});

describe("help, version and completion", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    run.mockClear();
    process.stdout.removeAllListeners("error");
  });

  /** The answer to a command line, and what it prints. */
  async function answer(...args: string[]) {
    expect(asksForText(args)).toBe(true);
    let out = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest: unknown[]) => {
      out += text;
      const done = rest.at(-1);
      if (typeof done === "function") done();
      return true;
    });
    const code = await answerAtOnce(root, args);
    expect(run).not.toHaveBeenCalled();
    return { code, out };
  }

  it.each([[[]], [["--help"]], [["-h"]], [["help", "write"]], [["write", "--help"]]])(
    "answer %j with help",
    async (args) => {
      const { code, out } = await answer(...args);
      expect(code).toBe(0);
      expect(out).toContain("Usage: deepgrain");
    },
  );

  it.each(["--version", "-V"])("answer %s with a version", async (word) => {
    const { code, out } = await answer(word);
    expect(code).toBe(0);
    expect(out).toBe(`${version}\n`);
  });

  it("print a completion script", async () => {
    const { code, out } = await answer("completion", "bash");
    expect(code).toBe(0);
    expect(out).toContain("deepgrain");
  });

  it.each([[["write", "--", "--help"]], [["write", "--nothing", "help", "-h"]]])(
    "of %j do nothing else",
    async (args) => {
      const { code } = await answer(...args);
      expect([0, undefined]).toContain(code);
    },
  );

  it("are not asked for by other calls", () => {
    for (const args of [["write"], ["write", "help"], ["watch", "completion"]])
      expect(asksForText(args)).toBe(false);
  });
});
