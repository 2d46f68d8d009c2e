import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeEach, describe, expect, it } from "vitest";
import { call } from "../call";
import { saveTinyChatModel } from "../support/tiny-chat-model";

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await saveTinyChatModel(join(cwd, "dense"));
});

const upcycle = (...args: string[]) =>
  call(["moe", "upcycle", "--model", "dense", "--experts", "4", "--out", "sparse", ...args], {
    cwd,
  });

describe("moe upcycle", () => {
  it("writes a mixture with the dense model's logits and tokenizer", async () => {
    const { code, out, err } = await upcycle("--json");
    expect(code, err).toBe(0);
    const mixture = await loadModel(join(cwd, "sparse"));
    expect(JSON.parse(out)).toMatchObject({ family: "mixtral", experts: 4, topK: 2 });
    const dense = await loadModel(join(cwd, "dense"));
    const batch = { ids: [1, 2, 3, 4, 5, 6], batch: 1, length: 6 };
    expect(await mixture.forward(batch).data()).toBeAllclose(await dense.forward(batch).data(), {
      rtol: 0,
      atol: 1e-5,
    });
    const texts = ["dense", "sparse"].map(async (folder) =>
      (await loadTokenizer(join(cwd, folder))).encode("a whale"),
    );
    expect(await texts[1]).toEqual(await texts[0]);
    const shown = await call(["moe", "inspect", "--model", "sparse"], { cwd });
    expect(shown.out).toMatch(/^mixtral, \d+ of \d+ layers with 4 experts, 2 per token, 0 shared/);
  });

  it("draws routers by the seed, and replaces its own folder only with --overwrite", async () => {
    const weights = () => readFile(join(cwd, "sparse", "model.safetensors"));
    expect(await upcycle()).toMatchObject({ code: 0 });
    const first = await weights();
    expect((await upcycle()).code).toBe(2);
    expect(await upcycle("--overwrite")).toMatchObject({ code: 0 });
    expect((await weights()).equals(first)).toBe(true);
    expect(await upcycle("--overwrite", "--seed", "1")).toMatchObject({ code: 0 });
    expect((await weights()).equals(first)).toBe(false);
  });

  it("writes nothing where the counts do not fit", async () => {
    const { code, err } = await upcycle("--top-k", "5");
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("--top-k must be at most the 4 of --experts, got 5"),
    });
    expect(await readdir(cwd)).toEqual(["dense"]);
  });
});
