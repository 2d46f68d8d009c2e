import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { f32Bytes, writeGguf, writeGgufParts } from "@deepgrain/vitest/write-gguf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ByteSource, ggufParts, openGguf, type Source, TensorError } from "../../src";
import { createDraw } from "../fuzz/draw";

const tensors = Array.from({ length: 5 }, (_, i) => ({
  name: `t${i}`,
  shape: [2, 3],
  type: 0,
  bytes: f32Bytes([i, 1, 2, 3, 4, 5]),
}));
const values = { "general.architecture": "llama", "general.name": "tiny", "x.list": ["p", "q"] };
const parts = writeGgufParts("x", values, tensors, 3);
const [one, two, three] = [...parts.keys()] as [string, string, string];
const fileOf = (name: string, bytes = parts.get(name)!) => new File([new Uint8Array(bytes)], name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "split-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder of these files. */
async function put(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const own = await mkdtemp(join(folder, "set-"));
  for (const [name, bytes] of files) await writeFile(join(own, name), bytes);
  return own;
}

async function firstNumbers(source: Source | readonly Source[]): Promise<number[]> {
  const file = await openGguf(source);
  expect(file.names).toEqual(tensors.map(({ name }) => name));
  expect(file.values.get("x.list")).toEqual(["p", "q"]);
  const numbers = await Promise.all(file.names.map((name) => file.readFloat32(name)));
  await file.close();
  return numbers.map(({ data }) => data[0]!);
}

describe("the names of parts", () => {
  it("follow from one of them", () => {
    expect(ggufParts("a/x-00002-of-00003.gguf")).toEqual(
      [1, 2, 3].map((i) => `a/x-0000${i}-of-00003.gguf`),
    );
    expect(ggufParts("X-00001-of-00001.GGUF")).toEqual(["X-00001-of-00001.GGUF"]);
  });

  it.each([
    "x.gguf",
    "x-1-of-3.gguf",
    "x-00000-of-00003.gguf",
    "x-00004-of-00003.gguf",
    "x-00001-of-01001.gguf",
    "x-00001-of-00003.gguf?a",
  ])("are none for %s", (name) => expect(ggufParts(name)).toBeUndefined());
});

describe("a GGUF file in parts", () => {
  it.each([one, two, three])("is opened from the path of %s", async (name) => {
    const own = await put(parts);
    expect(await firstNumbers(join(own, name))).toEqual([0, 1, 2, 3, 4]);
    expect(await firstNumbers(pathToFileURL(join(own, name)))).toEqual([0, 1, 2, 3, 4]);
  });

  it("is opened from an address, whose query stays with the part that was named", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      const address = new URL(String(input));
      asked.push(address.pathname + address.search);
      const bytes = parts.get(address.pathname.split("/").at(-1)!)!;
      return new Response(new Uint8Array(bytes));
    };
    const file = await openGguf(`https://host/a/${two}?token=1`, { fetch });
    expect(file.names).toHaveLength(5);
    expect(new Set(asked)).toEqual(new Set([`/a/${one}`, `/a/${two}?token=1`, `/a/${three}`]));
  });

  it("is opened from a list in any order", async () => {
    const files = [three, one, two].map((name) => fileOf(name));
    expect(await firstNumbers(files)).toEqual([0, 1, 2, 3, 4]);
    expect(await firstNumbers([two, three, one].map((name) => parts.get(name)!))).toHaveLength(5);
    expect(await firstNumbers([writeGguf(values, tensors)])).toHaveLength(5);
  });

  it("names the part that is missing", async () => {
    const own = await put(new Map([...parts].filter(([name]) => name !== two)));
    const path = join(own, two);
    await expect(openGguf(join(own, three))).rejects.toMatchObject({
      code: "ERR_IO",
      message: `tensor-gpu/openGguf: part 2 of 3, ${path}, is missing`,
      fields: { part: 2, count: 3, name: path, isMissing: true },
    });
    await expect(openGguf([fileOf(three), fileOf(one)])).rejects.toMatchObject({
      code: "ERR_IO",
      message: `tensor-gpu/openGguf: part 2 of 3, ${two}, is missing; give a list of all parts`,
    });
    await expect(openGguf(parts.get(two)!)).rejects.toMatchObject({
      code: "ERR_IO",
      message: "tensor-gpu/openGguf: part 1 of 3 is missing; give a list of all parts",
    });
    const renamed = await put(new Map([["y.gguf", parts.get(one)!]]));
    await expect(openGguf(join(renamed, "y.gguf"))).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("part 2 of 3 is missing"),
    });
  });

  it.each<[string, () => Source[], RegExp]>([
    [
      "doubled under another name",
      () => [fileOf(one), fileOf(two), fileOf(three, parts.get(two))],
      /x-00003-of-00003\.gguf must be the part that its name says, but it is part 2 of 3/,
    ],
    [
      "doubled",
      () => [fileOf(one), fileOf(two), fileOf(two)],
      /x-00002-of-00003\.gguf and x-00002-of-00003\.gguf are both part 2 of 3/,
    ],
    ["doubled and whole", () => [writeGguf(values, tensors), writeGguf({}, [])], /both are whole/],
    [
      "of another count",
      () => {
        const [, other] = writeGgufParts("x", values, tensors, 2);
        return [fileOf(one), fileOf(...other!), fileOf(three)];
      },
      /must be a part of the same model as .*: one has 3 parts, the other 2/,
    ],
    [
      "of another name",
      () => {
        const [, other] = writeGgufParts("y", values, tensors, 3);
        return [fileOf(one), fileOf(...other!), fileOf(three)];
      },
      /y-00002-of-00003\.gguf must be a part of the same model as .*: their names differ/,
    ],
    [
      "of another total",
      () => {
        const [, other] = writeGgufParts("x", values, tensors.slice(0, 4), 3);
        return [fileOf(one), fileOf(...other!), fileOf(three)];
      },
      /split\.tensors\.count is 5 in one, 4 in the other/,
    ],
    [
      "with a tensor of another",
      () => {
        const [, , other] = writeGgufParts("x", values, [...tensors].reverse(), 3);
        return [fileOf(one), fileOf(two), fileOf(...other!)];
      },
      /must not both hold t0/,
    ],
    [
      "with fewer tensors than all state",
      () => {
        const own = { "split.no": 2, "split.count": 3, "split.tensors.count": 5 };
        return [fileOf(one), fileOf(two), fileOf(three, writeGguf(own, []))];
      },
      /the 3 parts of x-00001-of-00003\.gguf must hold 5 tensors together, got 4/,
    ],
    [
      "with an impossible number",
      () => [writeGguf({ "split.no": 3, "split.count": 3 }, []), fileOf(two)],
      /split\.no must be from 0 to 2, got 3/,
    ],
    [
      "of an impossible count",
      () => [writeGguf({ "split.no": 0, "split.count": 1001 }, [])],
      /split\.count must be from 0 to 1000, got 1001/,
    ],
  ])("refuses a part %s", async (_, sources, message) => {
    await expect(openGguf(sources())).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringMatching(message),
    });
  });

  it("refuses a list of none and of more than a model has, before anything is read", async () => {
    await expect(openGguf([])).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    const never: ByteSource = {
      size: 100,
      read: () => Promise.reject(new Error("was read")),
    };
    await expect(openGguf(Array(1001).fill(never))).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("spends one budget for all heads, and closes every part when one fails", async () => {
    const size = Math.max(...[...parts.values()].map(({ length }) => length));
    const sources = () => [...parts.values()];
    await expect(openGguf(sources(), { budget: { bytes: 2 * size } })).rejects.toMatchObject({
      code: "ERR_LIMIT",
      fields: { door: "openGguf", kind: "bytes" },
    });
    const closed: number[] = [];
    const reading = sources().map(
      (bytes, i): ByteSource => ({
        size: bytes.length,
        read: async (begin, end) => bytes.slice(begin, end),
        close: async () => void closed.push(i),
      }),
    );
    await expect(openGguf([reading[0]!, reading[1]!, reading[1]!])).rejects.toThrow(TensorError);
    expect(closed).toEqual([0, 1, 1]);
    await (await openGguf(reading)).close();
    expect(closed).toEqual([0, 1, 1, 0, 1, 2]);
  });
});

describe("100 damaged sets of parts", () => {
  /** A set with up to three changes. */
  function damagedSet(seed: number): Map<string, Uint8Array> {
    const draw = createDraw(seed);
    const set = new Map<string, Uint8Array>(
      [...parts].map(([name, bytes]) => [name, bytes.slice()]),
    );
    const other = [...writeGgufParts("x", values, tensors.slice(1), draw.int(2, 4))];
    const changes: ((name: string) => void)[] = [
      (name) => set.delete(name),
      (name) => set.set(name, parts.get(draw.pick([one, two, three]))!),
      (name) => set.set(name, draw.pick(other)[1]),
      (name) => set.set(...draw.pick(other)).delete(name),
      (name) => set.set(name, set.get(name)!.subarray(0, draw.int(0, set.get(name)!.length))),
      (name) => {
        const bytes = set.get(name)!;
        for (let i = 0; i < 3; i++) bytes[draw.int(0, bytes.length - 1)] = draw.int(0, 255);
      },
      (name) => {
        // A byte of the values of split.no, split.count or split.tensors.count.
        const bytes = set.get(name)!;
        const key = draw.pick(["split.no", "split.count", "split.tensors.count"]);
        const at = new TextDecoder("latin1").decode(bytes).indexOf(key);
        if (at >= 0) bytes[at + key.length + draw.int(0, 7)] = draw.int(0, 255);
      },
    ];
    for (let i = draw.int(1, 3); i > 0 && set.size > 0; i--)
      draw.pick(changes)(draw.pick([...set.keys()]));
    return set;
  }

  /** Reads all, and compares the bytes that were taken with those that the heads promise. */
  async function outcome(sources: Source | readonly Source[], taken: () => number, sizes: number) {
    try {
      const file = await openGguf(sources);
      expect(taken()).toBeLessThanOrEqual(sizes); // each head once
      const before = taken();
      let promised = 0;
      for (const name of file.names) {
        const { begin, end } = file.info(name);
        promised += end - begin;
        await file.readRaw(name);
      }
      expect(taken() - before).toBe(promised);
      await file.close();
      return "opened";
    } catch (error) {
      expect(TensorError.isInstance(error), String(error)).toBe(true);
      expect(taken()).toBeLessThanOrEqual(sizes);
      return (error as TensorError).code;
    }
  }

  it("give typed errors alone, and take no more bytes than their heads promise", async () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 100; seed++) {
      const set = damagedSet(seed);
      let taken = 0;
      const counted = [...set].map(
        ([name, bytes]): ByteSource => ({
          name,
          size: bytes.length,
          read: async (begin, end) => {
            taken += end - begin;
            return bytes.slice(begin, end);
          },
        }),
      );
      const sizes = counted.reduce((sum, { size }) => sum + size, 0);
      const listed = await outcome(counted, () => taken, sizes);
      outcomes.set(listed, (outcomes.get(listed) ?? 0) + 1);
      const own = await put(set);
      for (const name of set.keys()) {
        const [path] = await Promise.allSettled([openGguf(join(own, name))]);
        if (path!.status === "rejected")
          expect(TensorError.isInstance(path!.reason), String(path!.reason)).toBe(true);
        else await path!.value.close();
      }
    }
    expect([...outcomes.keys()].every((key) => key === "opened" || key.startsWith("ERR_"))).toBe(
      true,
    );
    expect(100 - (outcomes.get("opened") ?? 0)).toBeGreaterThanOrEqual(60);
  });
});
