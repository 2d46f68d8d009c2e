import { afterEach, describe, expect, it, vi } from "vitest";

vi.mock("@deepgrain/coder/sandbox", async (original) => {
  const actual = await original<typeof import("@deepgrain/coder/sandbox")>();
  const { buildWorker } = await import("@deepgrain/vitest/sandbox-worker");
  const worker = await buildWorker(); // of the source, which has no built one
  const createSandbox: typeof actual.createSandbox = (options) =>
    actual.createSandbox({ ...options, worker });
  return { ...actual, createSandbox };
});

const codeOf = (page: string) => new URL(`../../src/${page}/code.js`, import.meta.url).pathname;

describe("the code that pages show", () => {
  afterEach(() => vi.restoreAllMocks());

  /** The lines that a page's code prints. */
  async function printed(load: () => Promise<unknown>): Promise<string[]> {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...parts) => void lines.push(parts.join(" ")));
    await load();
    return lines;
  }

  it("runs, and prints what its comment says: landing", async () => {
    const lines = await printed(() => import(codeOf("landing")));
    expect(lines.at(-1)!.trim()).toBe("the quick brown fox jumps over the lazy dog.");
    expect(lines).toHaveLength(5);
  });

  it("runs, and prints what its comment says: mixture", async () => {
    const lines = await printed(() => import(codeOf("mixture")));
    expect(lines).toEqual(["coarse 40 steps", "coarse true", "fine 40 steps", "fine true"]);
  });

  it("runs, and prints what its comment says: watermark", async () => {
    const lines = await printed(() => import(codeOf("watermark")));
    expect(lines).toEqual(["found Hi", "not-found"]);
  });

  it("runs, and prints what its comment says: graph", async () => {
    const lines = await printed(() => import(codeOf("graph")));
    expect(lines[0]).toBe("0.8454915028125263");
    expect(lines[2]).toBe("true");
  });

  it("runs, and prints what the page shows: anchors", async () => {
    const lines = await printed(() => import(codeOf("anchors")));
    expect(lines).toEqual([
      "anchors true",
      "anchors labels false",
      "anchors random true",
      "control false",
      "control labels true",
      "control random false",
    ]);
  });

  it("runs, and prints what its comment says: scaling", async () => {
    const lines = await printed(() => import(codeOf("scaling")));
    expect(lines.slice(0, 2)).toEqual(["exponent 0.50", "off by less than 1 % true"]);
    expect(lines.at(-1)).toBe("3.2e+9 3.2e+9 39");
  });

  it("runs, and prints what its comment says: federated", async () => {
    const lines = await printed(() => import(codeOf("federated")));
    expect(lines).toEqual([
      "rows of the first and last class: 200 4",
      "FedAvg 0.54 tail 0.06",
      "RedGrape 0.67 tail 0.34",
    ]);
  });

  it("runs, and prints what the page shows: purify", async () => {
    const lines = await printed(() => import(codeOf("purify")));
    const [before, after] = lines.map((line) =>
      [.../A(?:CC|SR) (\S+)/g[Symbol.matchAll](line)].map(([, share]) => Number(share)),
    );
    expect(lines[1]).toMatch(/^2 % set back/);
    expect(before![1]).toBeGreaterThan(0.95);
    expect(after![0]).toBeGreaterThan(0.8);
    expect(after![1]).toBeLessThan(0.2);
  });

  it("runs, and prints what its comment says: model", async () => {
    const lines = await printed(() => import(codeOf("model")));
    expect(lines).toEqual(["config.json model.safetensors", "64 tokens", "true true"]);
  });

  it("runs, and prints what its comment says: verifier", async () => {
    const lines = await printed(() => import(codeOf("verifier")));
    const [, verified, , right] = /verifier (\S+) majority (\S+) right (\S+)/.exec(lines[0]!)!;
    expect(verified).toBe(right);
    expect(lines[1]).toBe("true");
  });

  it("runs, and prints what the tests of a program find: code", async () => {
    const lines = await printed(() => import(codeOf("code")));
    expect(lines.map((line) => line.trim())).toEqual([
      "failed solve([10,9,1]) is [1,10,9], not [1,9,10]",
      "passed",
      "<｜fim▁begin｜>const mean = (list) =><｜fim▁hole｜>/ list.length;\n<｜fim▁end｜>",
    ]);
  });
});
