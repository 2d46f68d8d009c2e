import { describe, expect, it } from "vitest";
import type { Interpreter } from "../../src/python/interpreter";
import { interpreterPool } from "../../src/python/interpreter-pool";
import { fakeInterpreter } from "./support/fake-interpreter";

const memory = Uint8Array.of(1, 2, 3);

/** A pool whose first interpreter gives a snapshot of which it says that it has so many bytes. */
function poolOf(snapshotBytes: number) {
  const starts: { snapshot: Uint8Array | undefined; mostSeconds: number; own: Interpreter }[] = [];
  const pool = interpreterPool((snapshot, mostSeconds) => {
    const given = snapshot === undefined ? memory : new Uint8Array();
    const own = {
      ...fakeInterpreter(() => [], [{ isReady: true, snapshotBytes }]),
      mostSeconds,
      snapshot: Promise.resolve(given),
    };
    starts.push({ snapshot, mostSeconds, own });
    return own;
  });
  return { pool, starts };
}

describe("fresh interpreters", () => {
  it("start from the memory of the first, and two ahead", async () => {
    const { pool, starts } = poolOf(3);
    const first = await pool.take(30);
    pool.prepare(30);
    expect(starts.map(({ snapshot }) => snapshot)).toEqual([undefined, memory, memory]);
    const taken = [first, await pool.take(30), await pool.take(30)];
    expect(new Set(taken)).toEqual(new Set(starts.map(({ own }) => own)));
  });

  it("start from nothing where a snapshot is not complete", async () => {
    const { pool, starts } = poolOf(2);
    await pool.take(30);
    pool.prepare(30);
    await pool.take(30);
    expect(starts.map(({ snapshot }) => snapshot)).toEqual([undefined, undefined]);
  });

  it("are started anew where the kernel would end them too early", async () => {
    const { pool } = poolOf(3);
    await pool.take(30);
    pool.prepare(30);
    expect((await pool.take(300))!.mostSeconds).toBeGreaterThan(300);
  });

  it("are undefined where they do not start, and after the end", async () => {
    const broken = interpreterPool(() => fakeInterpreter(() => [], [{ broken: "it did" }]));
    expect(await broken.take(30)).toBeUndefined();
    const { pool } = poolOf(3);
    pool.drop();
    expect(await pool.take(30)).toBeUndefined();
  });
});
