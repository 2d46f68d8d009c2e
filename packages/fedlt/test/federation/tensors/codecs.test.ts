import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeUpdate,
  encodeFailure,
  encodeUpdate,
} from "../../../src/federation/runtime/messages";
import {
  checkHeader,
  decodeCheckpoint,
  decodeNpy,
  decodeSafetensors,
  encodeNpy,
  encodeNpyBytes,
  encodeSafetensors,
  encodeTask,
  type NamedTensors,
} from "../../support/all";

const tensors: NamedTensors = new Map([
  ["a.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 3e38) }],
  ["b", { shape: [], data: Float32Array.of(7) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
]);
const hasNumpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;

describe("safetensors", () => {
  it("come back as they were, bytes and metadata too", () => {
    const content = {
      tensors,
      blobs: new Map([["key", Uint8Array.of(1, 2, 3)]]),
      metadata: { by: "test" },
    };
    expect(decodeSafetensors(encodeSafetensors(content))).toEqual(content);
  });

  it("are what tensor-gpu reads", async () => {
    const { readSafetensors } = await import("@deepgrain/tensor-gpu");
    const read = await readSafetensors(encodeSafetensors({ tensors }));
    expect([...read.keys()].sort()).toEqual(["a.weight", "b", "empty"]);
    expect(read.get("a.weight")!.data).toEqual(tensors.get("a.weight")!.data);
  });

  it("never crash on damaged bytes: they are read or refused with ERR_FORMAT", () => {
    const file = encodeSafetensors({ tensors });
    fc.assert(
      fc.property(
        fc.nat(file.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(file.length),
        (at, flip, length) => {
          const damaged = file.slice(0, length);
          if (at < length) damaged[at]! ^= flip;
          try {
            decodeSafetensors(damaged);
          } catch (error) {
            expect(error).toMatchObject({ code: "ERR_FORMAT" });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("refuse other element types", () => {
    const text = '{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}';
    const file = new Uint8Array(8 + text.length + 8);
    file[0] = text.length;
    file.set(new TextEncoder().encode(text), 8);
    expect(() => decodeSafetensors(file)).toThrow("must give x the dtype F32 or U8");
  });
});

describe("npy", () => {
  it("come back as they were", () => {
    for (const tensor of tensors.values()) expect(decodeNpy(encodeNpy(tensor))).toEqual(tensor);
    expect(decodeNpy(encodeNpyBytes(Uint8Array.of(9, 8)))).toEqual(Uint8Array.of(9, 8));
  });

  it("refuse what is not an array of NumPy, is cut off or is in Fortran order", () => {
    const file = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    const text = new TextDecoder("latin1").decode(file).replace("False", "True ");
    for (const wrong of [
      file.slice(0, -1),
      Uint8Array.of(1, 2),
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
    ])
      expect(() => decodeNpy(wrong)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });

  it.skipIf(!hasNumpy)(
    "are what NumPy reads and writes, also by the offsets of a task's message",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "deepgrain-npy-"));
      const task = {
        round: 0,
        clientId: "a",
        seed: 0,
        params: tensors,
        groups: new Map(),
        config: {},
      };
      const { header, blob } = encodeTask(task, { format: "npy" });
      writeFileSync(join(folder, "blob"), blob);
      const script = `
import io, json, sys, numpy as np
blob = open("${folder}/blob", "rb").read()
for entry in json.loads(sys.argv[1]):
    array = np.load(io.BytesIO(blob[entry["offset"]:entry["offset"] + entry["bytes"]]))
    assert str(array.dtype) == entry["dtype"] and list(array.shape) == entry["shape"]
    print(entry["name"], array.ravel()[:3].tolist())
np.save("${folder}/back.npy", np.arange(6, dtype=np.float64).reshape(2, 3))
sys.stdout.flush()
sys.stdout.buffer.write(open("${folder}/back.npy", "rb").read().hex().encode())`;
      const output = execFileSync("python3", ["-c", script, JSON.stringify(header.arrays)], {
        encoding: "utf8",
      });
      const lines = output.split("\n");
      expect(lines.slice(0, 3)).toEqual([
        "params::a.weight [1.0, -2.0, 3.5]",
        "params::b [7.0]",
        "params::empty []",
      ]);
      expect(decodeNpy(Buffer.from(lines[3]!, "hex"))).toEqual({
        shape: [2, 3],
        data: Float32Array.of(0, 1, 2, 3, 4, 5),
      });
      rmSync(folder, { recursive: true });
    },
  );
});

describe("a message in NumPy's format", () => {
  const update = { numSamples: 1, params: tensors };
  const address = { round: 0, clientId: "a", kind: "fit" };
  const sent = encodeUpdate(address, update, { format: "npy" });
  const { header, blob } = sent;
  const arrays = header.arrays!;
  const withArrays = (changed: unknown) =>
    decodeUpdate({ blob, header: { ...header, arrays: changed as typeof arrays } });

  it("comes back as it was", () => {
    expect(withArrays(arrays).params).toEqual(tensors);
  });

  it.each<[string, unknown]>([
    ["no list", undefined],
    ["null", [null]],
    ["an array twice", [arrays[0], arrays[0]]],
    ["the whole blob 4,000 times", Array(4000).fill({ ...arrays[0], bytes: blob.length })],
    ["a hole", arrays.slice(1)],
    ["too little", arrays.slice(0, -1)],
    ["an array without bytes", [{ ...arrays[0], bytes: 0 }, ...arrays]],
    ["bytes beyond the blob", [{ ...arrays[0], bytes: 2 ** 40 }]],
    ["a name that is none", [{ ...arrays[0], name: 7 }]],
  ])("is refused with %s", (_, changed) => {
    expect(() => withArrays(changed)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });

  it("that tells of a failure has its text, whatever stands there", () => {
    const failure = encodeFailure(address, new Error("no data"));
    expect(() => decodeUpdate(failure)).toThrow("no data");
    const body = { code: "ERR_DATA", message: { toString: 1 } };
    expect(() => decodeUpdate({ ...failure, header: { ...failure.header, body } })).toThrow(
      expect.objectContaining({ code: "ERR_DATA" }),
    );
  });
});

describe("a header", () => {
  const address = { kind: "fit", round: 1, clientId: "a" };
  const task = { ...address, seed: 1, config: {}, params: tensors, groups: new Map() };
  const { header } = encodeTask(task as never, { format: "npy" });

  it("is taken with its arrays", () => {
    expect(checkHeader(JSON.parse(JSON.stringify(header)))).toEqual(header);
  });

  it.each([
    ["a text"],
    [{}],
    [[null]],
    [[{ offset: 0, bytes: 1 }]],
    [[{ name: "params::a", offset: -1, bytes: 1 }]],
  ])("is refused with the arrays %j", (arrays) => {
    expect(() => checkHeader({ ...header, arrays })).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", name: "FedError" }),
    );
  });
});

describe("a checkpoint", () => {
  it.each(["{", "null", "[]", '{"run":{},"record":{}}', '{"run":1,"record":{},"values":{}}'])(
    "is refused with the metadata %s",
    (fedlt) => {
      const file = encodeSafetensors({ tensors, metadata: { fedlt } });
      expect(() => decodeCheckpoint(file)).toThrow(
        expect.objectContaining({ code: "ERR_FORMAT", name: "FedError" }),
      );
    },
  );
});
