import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runStudy, study } from "../../src";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-turns-"));
});
afterEach(() => rm(folder, { recursive: true }));

const settings = {};
const variants = [{ id: "one", name: "One" }];

describe("a signal that a timer on the same thread raises", () => {
  it("ends a run that never waits", async () => {
    let steps = 0;
    const own = study({
      name: "endless",
      title: "Endless",
      settings,
      variants,
      async *run(): AsyncGenerator<{ type: "progress"; message: string }, number, void> {
        for (; steps < 1e6; steps++) yield { type: "progress", message: "" };
        return 0;
      },
      claims: [],
    });
    const { error, reason } = await stoppedByTimer((signal) =>
      runStudy(own, { folder: join(folder, "run"), seeds: [1], signal }),
    );
    expect(error).toBe(reason);
    expect(steps).toBeLessThan(1e6);
  });

  it("ends a preparation that never waits", async () => {
    let steps = 0;
    const own = study({
      name: "preparing",
      title: "Preparing",
      settings,
      variants,
      async *prepare() {
        for (; steps < 1e6; steps++) yield { type: "progress" as const, message: "" };
      },
      // biome-ignore lint/correctness/useYield: there is nothing to say
      async *run(): AsyncGenerator<never, number, void> {
        return 0;
      },
      claims: [],
    });
    const { error, reason } = await stoppedByTimer((signal) =>
      runStudy(own, { folder: join(folder, "run"), seeds: [1], signal }),
    );
    expect(error).toBe(reason);
    expect(steps).toBeLessThan(1e6);
  });
});
