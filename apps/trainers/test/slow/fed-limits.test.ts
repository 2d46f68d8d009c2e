import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import type { FederationOptions } from "@deepgrain/fedlt";
import { describe, expect, it, vi } from "vitest";
import { deepgrain } from "../../src/commands";

const given: FederationOptions[] = [];

// The federation itself is not run: only what the commands ask of it is looked at.
vi.mock("@deepgrain/fedlt", async (original) => ({
  ...(await original<typeof import("@deepgrain/fedlt")>()),
  finishFederation: async (options: FederationOptions) => {
    given.push(options);
    throw new Error("far enough");
  },
}));

async function limitsOf(...args: string[]) {
  given.length = 0;
  const out = mkdtempSync(join(tmpdir(), "deepgrain-limits-"));
  await runCli(deepgrain, ["fed", ...args, "--out", join(out, "run")], {
    version: "0.0.0",
    columns: 100,
    write: () => {},
    writeError: () => {},
    resolve: (file: string) => file,
    readInput: async () => "",
    progress: createProgress(new PassThrough()),
    signal: new AbortController().signal,
  } as never);
  rmSync(out, { recursive: true });
  return given[0]?.limits;
}

describe("the sample count that a client may claim is bounded", () => {
  it("by the largest share of the split in fed simulate", async () => {
    const limits = await limitsOf("simulate", "--clients", "7", "--largest", "700");
    // 700 of the largest of 10 classes, ratio 50: 2,263 rows, dealt to 7 clients of one size; the last takes the rest.
    expect(limits?.maxSamples).toBeGreaterThan(200);
    expect(limits?.maxSamples).toBeLessThan(400);
  });

  it("by all training pictures, or as told, in fed coordinator", async () => {
    const common = ["coordinator", "--port", "0", "--clients", "3"];
    expect((await limitsOf(...common))?.maxSamples).toBe(7000);
    expect((await limitsOf(...common, "--max-samples", "50"))?.maxSamples).toBe(50);
  });
});
