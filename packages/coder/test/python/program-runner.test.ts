import { describe, expect, it } from "vitest";
import type { ChildAnswer, Interpreter } from "../../src/python/interpreter";
import { checkLimits } from "../../src/python/limits";
import { programRunner } from "../../src/python/program-runner";

/** An interpreter that passes every program, and gives a snapshot when it is ready. */
function passing(given: Uint8Array, snapshotBytes: number): Interpreter {
  const answers: ChildAnswer[] = [
    { type: "ready", snapshotBytes },
    { type: "outcome", id: 0, verdict: "passed", message: "", output: "", isClean: true },
  ];
  return {
    pid: 0,
    snapshot: Promise.resolve(given),
    post() {},
    next: async () => answers.shift(),
    kill() {},
  };
}

async function startsOf(given: Uint8Array, snapshotBytes: number) {
  const starts: (Uint8Array | undefined)[] = [];
  const { run } = programRunner((snapshot) => {
    starts.push(snapshot);
    return snapshot ? passing(new Uint8Array(), 0) : passing(given, snapshotBytes);
  });
  for (const tests of ["one", "two", "three"])
    expect(await run("", tests, checkLimits())).toMatchObject({ verdict: "passed" });
  return starts;
}

describe("interpreters of different tests", () => {
  it("start from the memory of the first", async () => {
    const memory = Uint8Array.of(1, 2, 3);
    expect(await startsOf(memory, 3)).toEqual([undefined, memory, memory]);
  });

  it("start from nothing where a snapshot is not complete", async () => {
    expect(await startsOf(Uint8Array.of(1, 2), 3)).toEqual([undefined, undefined, undefined]);
  });
});
