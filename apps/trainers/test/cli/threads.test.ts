import os from "node:os";
import { withThreads } from "@deepgrain/command-line/commands/with-threads";
import { createWasmBackend, getBackend, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { leastArgs, leavesOf } from "../support/output-flags";

/** What a command computes with, found where its work would begin: with the engine that is made there. */
const found = vi.hoisted(() => ({ threads: [] as number[] }));

vi.mock("@deepgrain/command-line/commands/open-files", () => ({
  async withOpenFiles() {
    const before = getBackend();
    const backend = createWasmBackend();
    setBackend(backend);
    found.threads.push(getBackend().threads);
    setBackend(before);
    await backend.dispose();
  },
}));

/** Commands in which the engine computes nothing, and what does. */
const others: Readonly<Record<string, string>> = {
  "coder dedupe": "comparison of texts",
  "coder fim": "arrangement of texts",
  "coder order": "arrangement of texts",
  "esft select": "a choice from scores that a file holds",
  "fed privacy": "a formula",
  "prm grade": "comparison of texts",
  "renode draw": "PageRank by pushing, without tensors",
  "renode score": "PageRank by pushing, without tensors",
  "renode weights": "PageRank by pushing, without tensors",
  "scaling fit": "least squares over a few runs",
  "scaling plan": "a formula",
  completion: "a script",
  export: "tables",
  watch: "a page",
};

const leaves = await leavesOf(deepgrain);
const computing = leaves.filter(({ name }) => !Object.hasOwn(others, name) && name !== "bench");

describe("--threads", () => {
  beforeEach(() => {
    found.threads = [];
    vi.stubEnv("DEEPGRAIN_THREADS", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("is a flag of every command that computes, defined once", () => {
    const having = leaves.filter(({ command }) => command.flags.threads !== undefined);
    const names = (list: typeof leaves) => list.map(({ name }) => name).sort();
    expect(names(having)).toEqual(names([...computing, ...leaves.filter(isBench)]));
    expect(having.length).toBeGreaterThan(50);
    const texts = having.filter((leaf) => !isBench(leaf)).map(({ command }) => command.flags);
    expect(new Set(texts.map(({ threads }) => threads)).size).toBe(1);
  });

  it.each(computing)(
    "sets the threads of $name, which are else those of the machine",
    async (leaf) => {
      const args = leastArgs(leaf, "threads");
      const run = async (...more: string[]) => {
        const { code, err } = await call([...args, ...more]);
        expect({ code, err }).toEqual({ code: 0, err: "" });
      };
      vi.spyOn(os, "availableParallelism").mockReturnValue(5);
      await run("--threads", "3");
      await run();
      vi.spyOn(os, "availableParallelism").mockReturnValue(20);
      await run();
      vi.stubEnv("DEEPGRAIN_THREADS", "3");
      await run();
      await run("--threads", "2");
      expect(found.threads).toEqual([3, 5, 8, 3, 2]);
      expect(process.env.DEEPGRAIN_THREADS).toBe("3");
      for (const wrong of ["0", "1.5", "65", "-1", "x"])
        expect(await call([...args, "--threads", wrong])).toMatchObject({
          code: 2,
          err: expect.stringContaining("--threads must be a whole number from 1 to 64"),
        });
      expect(found.threads).toHaveLength(5);
    },
  );

  it("leaves the environment as it was, also after a failure", async () => {
    const failing = withThreads(3, async () => {
      expect(process.env.DEEPGRAIN_THREADS).toBe("3");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(process.env.DEEPGRAIN_THREADS).toBeUndefined();
  });
});

function isBench({ name }: { name: string }): boolean {
  return name === "bench";
}
