import { PassThrough } from "node:stream";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { deepgrain } from "../../src/commands";
import { leavesOf } from "../support/output-flags";

/** Modules that do a command's work, and are loaded when it runs. */
const work = vi.hoisted(() => {
  const loaded = new Set<string>();
  const noted = (name: string) => (importOriginal: () => Promise<unknown>) => {
    loaded.add(name);
    return importOriginal();
  };
  return { loaded, noted };
});

vi.mock("@deepgrain/tensor-gpu", work.noted("the engine"));
vi.mock("@deepgrain/lm", work.noted("lm"));
vi.mock("@deepgrain/align", work.noted("align"));
vi.mock("@deepgrain/coder", work.noted("coder"));
vi.mock("@deepgrain/esft", work.noted("esft"));
vi.mock("@deepgrain/fedlt", work.noted("fedlt"));
vi.mock("@deepgrain/fine-purify", work.noted("fine-purify"));
vi.mock("@deepgrain/icl-anchors", work.noted("icl-anchors"));
vi.mock("@deepgrain/moe", work.noted("moe"));
vi.mock("@deepgrain/prm", work.noted("prm"));
vi.mock("@deepgrain/renode", work.noted("renode"));
vi.mock("@deepgrain/scaling-laws", work.noted("scaling-laws"));
vi.mock("@deepgrain/datasets", work.noted("datasets"));
vi.mock("@deepgrain/serve", work.noted("serve"));
vi.mock("@deepgrain/watermark", work.noted("watermark"));
vi.mock("graphology", work.noted("graphology"));
vi.mock("piscina", work.noted("piscina"));
vi.mock("@deepgrain/lab", work.noted("lab"));
vi.mock("@observablehq/plot", work.noted("plot"));

const leaves = await leavesOf(deepgrain);

describe("the engine, and every package that does the work", () => {
  beforeAll(() => {
    expect(leaves.length).toBeGreaterThan(60);
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
    expect([...work.loaded]).toEqual([]);
  });

  it("is loaded once it is needed", async () => {
    await import("@deepgrain/lm");
    expect(work.loaded).toContain("the engine");
  });
});
