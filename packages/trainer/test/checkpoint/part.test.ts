import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nn, setBackend, tensor } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jsonPart, moduleWeights, tensorsPart } from "../../src";
import { Mlp, numbersOf } from "../support/mlp";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  folder = await mkdtemp(join(tmpdir(), "deepgrain-part-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("moduleWeights", () => {
  it("brings back all tensors of a module, buffers included", async () => {
    const [saved, other] = [new nn.BatchNorm(3), new nn.BatchNorm(3)];
    for (const [i, [, one]] of [...saved.namedTensors()].entries())
      one.set(Float32Array.from({ length: one.size }, (_, k) => i + k / 7));
    await moduleWeights(saved).save(folder);
    await moduleWeights(other).restore(folder);
    expect(numbersOf(other)).toEqual(numbersOf(saved));
    expect(Object.keys(numbersOf(other)).length).toBeGreaterThan(2);
  });

  it("refuses files of another module, naming the tensor", async () => {
    await moduleWeights(new nn.Linear(3, 2)).save(folder);
    const restore = (module: nn.Module) => moduleWeights(module).restore(folder);
    await expect(restore(new nn.Linear(2, 2))).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringMatching(/must hold weight of shape \[2,2\], got \[2,3\]/),
    });
    await expect(restore(new Mlp())).rejects.toThrow(/must hold first\.weight, which is missing/);
    await expect(restore(new nn.Linear(3, 2, { bias: false }))).rejects.toThrow(
      /must not hold bias, which the module lacks/,
    );
  });
});

describe("tensorsPart", () => {
  it("keeps whole numbers and truth values as they are", async () => {
    const make = () => [
      tensor(Int32Array.of(1, 2 ** 30 + 1), { shape: [2] }),
      tensor([1, 2, 3]).gt(2),
    ];
    const [saved, other] = [make(), make()];
    const part = (list: typeof saved) => tensorsPart(() => list.map((t, i) => [`t${i}`, t]));
    await part(saved).save(folder);
    for (const one of other) one.set(new Int32Array(one.size) as never);
    await part(other).restore(folder);
    expect(other.map((t) => [...t.dataSync()])).toEqual(saved.map((t) => [...t.dataSync()]));
  });
});

describe("jsonPart", () => {
  it("brings back a value, and says when its file is missing or no JSON", async () => {
    let value: unknown = { a: [1, 2] };
    const part = jsonPart(
      () => value,
      (read) => {
        value = read;
      },
    );
    await expect(part.restore(folder)).rejects.toMatchObject({ code: "ERR_MISSING" });
    await part.save(folder);
    value = null;
    await part.restore(folder);
    expect(value).toEqual({ a: [1, 2] });
    expect(JSON.parse(await readFile(join(folder, "state.json"), "utf8"))).toEqual(value);
    await writeFile(join(folder, "state.json"), "{");
    await expect(part.restore(folder)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("state.json: line 1: not JSON"),
    });
  });
});
