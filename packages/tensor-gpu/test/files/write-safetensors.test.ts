import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  encodeSafetensors,
  openSafetensors,
  readSafetensors,
  type TensorToWrite,
  toBfloat16,
  toFloat16,
  writeSafetensors,
} from "../../src/files";
import { fromBfloat16, fromFloat16 } from "../../src/files/casts";
import { ramp, target, tensors } from "./write-examples";

describe("one file", () => {
  it("holds what the encoder gives, and nothing else is left in the folder", async () => {
    const { folder, path } = await target();
    const written = await writeSafetensors(path, tensors, { metadata: { step: "7" } });
    expect(written).toEqual({ files: [path], index: undefined, dataBytes: 44 });
    const bytes = new Uint8Array(await readFile(path));
    expect(bytes).toEqual(encodeSafetensors(tensors, { metadata: { step: "7" } }));
    expect(await readSafetensors(path)).toEqual(tensors);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  it("may hold no tensors", async () => {
    const { path } = await target();
    await writeSafetensors(path, []);
    expect(await readSafetensors(path)).toEqual(new Map());
  });

  it("rounds floats to the type asked for and leaves others alone", async () => {
    const { path } = await target();
    for (const [dtype, round] of [
      ["BF16", (v: Float32Array) => fromBfloat16(toBfloat16(v))],
      ["F16", (v: Float32Array) => fromFloat16(toFloat16(v))],
    ] as const) {
      const ids = { name: "ids", shape: [2], data: Int32Array.of(1, 2) };
      const keep = { name: "keep", shape: [6], dtype: "F32", data: ramp(6, 1 / 3) } as const;
      await writeSafetensors(path, [{ name: "a", shape: [6], data: ramp(6, 1 / 3) }, ids, keep], {
        dtype,
      });
      const file = await openSafetensors(path);
      expect(file.info("a").dtype).toBe(dtype);
      expect((await file.read("a")).data).toEqual(round(ramp(6, 1 / 3)));
      expect((await file.read("ids")).data).toEqual(ids.data);
      expect((await file.read("keep")).data).toEqual(keep.data);
      await file.close();
    }
  });

  it("starts every tensor at a multiple of its element size", async () => {
    const odd = [
      { name: "bytes", shape: [3], data: new Uint8Array(3) },
      { name: "half", shape: [1], dtype: "F16", data: ramp(1) },
      { name: "single", shape: [1], data: ramp(1) },
      { name: "long", shape: [1], data: BigInt64Array.of(-(1n << 60n)) },
    ] as const;
    const file = await openSafetensors(encodeSafetensors(odd));
    expect(file.names).toEqual(["long", "single", "half", "bytes"]);
    expect(file.names.map((name) => file.info(name).begin % 8)).toEqual([0, 0, 4, 6]);
  });

  it("takes memory shared between threads", async () => {
    const { path } = await target();
    const data = new Float32Array(new SharedArrayBuffer(16));
    data.set(ramp(4));
    await writeSafetensors(path, [{ name: "x", shape: [4], data }]);
    expect((await readSafetensors(path)).get("x")?.data).toEqual(ramp(4));
    expect(encodeSafetensors([{ name: "x", shape: [4], data }])).toEqual(
      new Uint8Array(await readFile(path)),
    );
  });

  it("asks lazy tensors for their data one after the other", async () => {
    const { path } = await target();
    const events: string[] = [];
    const lazy = (name: string): TensorToWrite => ({
      name,
      shape: [5],
      data: async () => {
        events.push(`begin ${name}`);
        await Promise.resolve();
        events.push(`end ${name}`);
        return ramp(5);
      },
    });
    await writeSafetensors(path, ["x", "y"].map(lazy), { dtype: "BF16" });
    expect(events).toEqual(["begin x", "end x", "begin y", "end y"]);
    expect((await readSafetensors(path)).get("y")?.data).toEqual(ramp(5));
  });
});

describe("temporary files", () => {
  it("of processes that are gone are deleted, those of running ones and other files are kept", async () => {
    const { folder, path } = await target();
    const id = "00000000-0000-4000-8000-000000000000";
    const temporary = (pid: number, name = "model.safetensors") => `${name}.${pid}-0-${id}.tmp`;
    const gone = 2 ** 30; // above the largest process number of any system
    const kept = [
      temporary(process.pid),
      temporary(gone, "other.safetensors"),
      "model.safetensors.tmp",
    ];
    for (const name of [temporary(gone), ...kept]) await writeFile(join(folder, name), "");
    await writeSafetensors(path, tensors);
    expect((await readdir(folder)).sort()).toEqual([...kept, "model.safetensors"].sort());
  });
});

describe("a write that fails", () => {
  const failing: [string, Iterable<TensorToWrite>, string][] = [
    [
      "its data function throws",
      [
        {
          name: "x",
          shape: [1],
          data: () => {
            throw new RangeError("boom");
          },
        },
      ],
      "boom",
    ],
    [
      "lazy data has the wrong length",
      [{ name: "x", shape: [2], data: () => ramp(3) }],
      "x of shape [2] must have 2 elements, got 3",
    ],
    [
      "lazy data has the wrong type",
      [{ name: "x", shape: [1], data: () => Int32Array.of(1) }],
      "x cannot be written as F32 from Int32Array",
    ],
    [
      "a number overflows the type",
      [{ name: "x", shape: [1], dtype: "F16", data: Float32Array.of(65520) }],
      "x must fit in F16, got 65520",
    ],
  ];

  it.each(failing)("because %s leaves the old file and no other", async (_, list, message) => {
    const { folder, path } = await target();
    await writeSafetensors(path, tensors);
    const before = await readFile(path);
    const good = { name: "good", shape: [1000], data: ramp(1000) };
    await expect(writeSafetensors(path, [good, ...list])).rejects.toThrow(message);
    await expect(writeSafetensors(path, [good, ...list], { maxShardSizeBytes: 4 })).rejects.toThrow(
      message,
    );
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  it("because it was aborted half way leaves the old file and no other", async () => {
    const { folder, path } = await target();
    await writeSafetensors(path, tensors);
    const before = await readFile(path);
    const controller = new AbortController();
    const data = () => {
      controller.abort();
      return ramp(1);
    };
    const abort = { name: "x", shape: [1], data };
    const { signal } = controller;
    await expect(writeSafetensors(path, [abort], { signal })).rejects.toThrow(/abort/i);
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  it("because there is no such folder is an ERR_IO", async () => {
    const { folder } = await target();
    const path = join(folder, "absent", "model.safetensors");
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it("because the target is a folder is an ERR_IO and leaves no temporary file", async () => {
    const { folder } = await target();
    const path = join(folder, "taken");
    await mkdir(path);
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({ code: "ERR_IO" });
    expect(await readdir(folder)).toEqual(["taken"]);
  });
});

describe("arguments that are refused", () => {
  const x = { name: "x", shape: [1], data: ramp(1) };
  it.each([
    ["a repeated name", () => encodeSafetensors([x, x]), "ERR_FORMAT"],
    ["a reserved name", () => encodeSafetensors([{ ...x, name: "__metadata__" }]), "ERR_FORMAT"],
    ["a fractional shape", () => encodeSafetensors([{ ...x, shape: [0.5, 2] }]), "ERR_SHAPE"],
    [
      "a shape beyond 2^53 bytes",
      () => encodeSafetensors([{ ...x, shape: [2 ** 52] }]),
      "ERR_SHAPE",
    ],
    ["a length that does not fit", () => encodeSafetensors([{ ...x, shape: [2] }]), "ERR_SHAPE"],
    [
      "metadata of numbers",
      () => encodeSafetensors([x], { metadata: { a: 1 as never } }),
      "ERR_FORMAT",
    ],
    ["floats as integers", () => encodeSafetensors([{ ...x, dtype: "I32" }]), "ERR_DTYPE"],
    [
      "integers as floats",
      () => encodeSafetensors([{ ...x, data: Int32Array.of(1), dtype: "F32" }]),
      "ERR_DTYPE",
    ],
    [
      "an infinity in E4M3",
      () => encodeSafetensors([{ ...x, data: Float32Array.of(Infinity), dtype: "F8_E4M3" }]),
      "ERR_RANGE",
    ],
    [
      "overflow in E4M3",
      () => encodeSafetensors([{ ...x, data: Float32Array.of(465), dtype: "F8_E4M3" }]),
      "ERR_RANGE",
    ],
    [
      "overflow in E5M2",
      () => encodeSafetensors([{ ...x, data: Float32Array.of(61440), dtype: "F8_E5M2" }]),
      "ERR_RANGE",
    ],
    [
      "overflow in bfloat16",
      () => encodeSafetensors([{ ...x, data: Float32Array.of(3.4e38), dtype: "BF16" }]),
      "ERR_RANGE",
    ],
  ] as const)("%s", (_, write, code) => {
    expect(write).toThrow(expect.objectContaining({ code }));
  });

  it("a shard size that is not positive", async () => {
    const { path } = await target();
    for (const maxShardSizeBytes of [0, -1, Number.NaN])
      await expect(writeSafetensors(path, tensors, { maxShardSizeBytes })).rejects.toMatchObject({
        code: "ERR_RANGE",
      });
  });

  it("but infinities and NaN are stored where the type has them, and the largest values that round down", async () => {
    const special = Float32Array.of(Infinity, -Infinity, Number.NaN);
    for (const dtype of ["F32", "F16", "BF16", "F8_E5M2"] as const) {
      const bytes = encodeSafetensors([{ name: "x", shape: [3], dtype, data: special }]);
      expect((await readSafetensors(bytes)).get("x")?.data).toEqual(special);
    }
    for (const [dtype, value, wanted] of [
      ["F16", 65519, 65504],
      ["F8_E4M3", 464, 448],
      ["F8_E5M2", 61439, 57344],
    ] as const) {
      const bytes = encodeSafetensors([
        { name: "x", shape: [1], dtype, data: Float32Array.of(value) },
      ]);
      expect((await readSafetensors(bytes)).get("x")?.data[0]).toBe(wanted);
    }
  });
});
