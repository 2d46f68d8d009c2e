import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shippedModelFolder } from "@deepgrain/icl-anchors";
import { loadModel } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const few = ["--items", "12"];
const json = async (...args: string[]) => {
  const { out, err, code } = await call(["anchors", ...args, "--json"]);
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

describe("deepgrain anchors, with the shipped models", () => {
  it("flow prints shares, and draws a page, charts and files for viewers", async () => {
    const folder = await temporaryFolder();
    const page = join(folder, "page");
    const result = await json("flow", ...few, "--page", page, "--out", join(folder, "flow.json"));
    expect(result).toMatchObject({
      model: "anchors",
      task: "blocks",
      seeds: [0],
      order: "sum-abs",
    });
    expect(result.relative[3].pq).toBeGreaterThan(0.9);
    expect(result.lens).toHaveLength(5);
    expect(JSON.parse(await readFile(join(folder, "flow.json"), "utf8")).relative).toEqual(
      result.relative,
    );
    const names = await readdir(page);
    for (const name of ["flow.html", "flow.svg", "flow.png", "layer-3.svg", "layer-3.png"])
      expect(names, name).toContain(name);
    const html = await readFile(join(page, "flow.html"), "utf8");
    expect(html).toContain('id="flow-tokens"');
    expect(html).not.toMatch(/(src|href)="?http/);
    expect((await readFile(join(page, "flow.png"))).subarray(1, 4).toString()).toBe("PNG");
    const viewer = JSON.parse(await readFile(join(page, "bertviz.json"), "utf8"));
    expect(viewer.attention[0].attn).toHaveLength(4);
    expect(viewer.attention[0].left_text).toHaveLength(24);
    const heads = JSON.parse(await readFile(join(page, "circuitsvis.json"), "utf8"));
    expect(heads.attentionHeadNames).toEqual(["L0", "L1", "L2", "L3"]);
  });

  it("isolate, auc and compress agree with the mechanism", async () => {
    const { rows } = await json("isolate", ...few, "--layers", "2", "--seeds", "2");
    const loyalty = (target: string, where: string) =>
      rows.find(
        (row: { target: string; where: string }) => row.target === target && row.where === where,
      ).labelLoyalty;
    expect(loyalty("labels", "first")).toBeLessThan(loyalty("random", "first"));
    const { auc, share } = await json("auc", "--items", "40");
    expect(auc[2]).toBeGreaterThan(auc[0]);
    expect(share.at(-1)).toBeCloseTo(1, 6);
    const compressed = await json("compress", ...few, "--variants", "hidden-anchor,none");
    expect(compressed.rows.map((row: { variant: string }) => row.variant)).toEqual([
      "hidden-anchor",
      "none",
    ]);
    expect(compressed.rows[0].labelLoyalty).toBeGreaterThan(compressed.rows[1].labelLoyalty);
  });

  it("reweight writes its factors, and diagnose compares pairs of classes", async () => {
    const out = join(await temporaryFolder(), "beta.json");
    const args = ["--model", "look-alike", "--items", "20"];
    const { rows } = await json("reweight", ...args, "--epochs", "2", "--out", out);
    expect(rows[0].losses[1]).toBeLessThan(rows[0].losses[0]);
    const [{ shape, beta }] = JSON.parse(await readFile(out, "utf8")).factors;
    expect(shape).toEqual([4, 4, 4]);
    expect(beta).toHaveLength(64);
    const { out: table } = await call(["anchors", "diagnose", ...args]);
    expect(table).toMatch(/class 0 – class 1/);
    expect(table).toMatch(/Spearman correlation/);
  });

  it("train writes a model that loads, the same for the same seed", async () => {
    const folder = await temporaryFolder();
    const weights = async (name: string) => {
      const args = [
        "--recipe",
        "small",
        "--steps",
        "3",
        "--seed",
        "4",
        "--out",
        join(folder, name),
      ];
      await json("train", ...args);
      return readFile(join(folder, name, "model.safetensors"));
    };
    expect((await weights("a")).equals(await weights("b"))).toBe(true);
    const model = await loadModel(join(folder, "a"));
    expect(model.config.numHiddenLayers).toBe(4);
    model.dispose();
    const refused = await call(["anchors", "train", "--steps", "1", "--out", folder]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`--out would be replaced, but ${folder} holds the folder a`);
  });

  it("refuse what does not fit, naming the flag", async () => {
    const refused = async (...args: string[]) => {
      const { code, err } = await call(["anchors", ...args]);
      expect(code).not.toBe(0);
      return err;
    };
    expect(await refused("auc", "--model", "nowhere")).toMatch(
      /--model: there is no .*nowhere\. Shipped models are anchors, control, look-alike/,
    );
    const folder = shippedModelFolder("anchors");
    expect(await refused("auc", "--model", folder)).toMatch(/--task must say/);
    expect(await refused("auc", "--model", folder, "--task", "sst2")).toMatch(/--data must name/);
    expect(await refused("auc", "--task", "blocks", "--data", "package.json")).toMatch(
      /do not go with/,
    );
    expect(await refused("isolate", ...few, "--layers", "9")).toMatch(/--layers may be at most 4/);
  });
});

describe.skipIf(sharedIsMissing)("deepgrain anchors, on text", () => {
  const model = ["--model", sharedIsMissing ? "" : shared("golden/anchors/model")];
  const data = (name: string) => shared(`data/classification/${name}`);

  it("flow --ids writes the machine form within the reference's tolerance", async () => {
    const folder = await temporaryFolder();
    const { cases } = JSON.parse(await readFile(shared("golden/anchors/anchors.json"), "utf8"));
    const [one] = cases;
    const ids = {
      input_ids: one.input_ids,
      label_positions: one.label_positions,
      target_position: one.target,
      class_ids: one.label_ids,
      gold: one.gold,
    };
    const [input, out] = [join(folder, "ids.json"), join(folder, "out.json")];
    await writeFile(input, JSON.stringify(ids));
    const { code, err } = await call(["anchors", "flow", ...model, "--ids", input, "--out", out]);
    expect(code, err).toBe(0);
    const { layers } = JSON.parse(await readFile(out, "utf8"));
    const { S_wp, S_pq, S_ww, matrices } = one.saliency;
    const size = one.input_ids.length;
    layers.forEach(
      (
        layer: Record<string, number> & { flow: { shape: number[]; data: number[] } },
        i: number,
      ) => {
        expect([layer.s_wp]).toBeAllclose([S_wp[i]], { rtol: 1e-3, atol: 1e-9 });
        expect([layer.s_pq]).toBeAllclose([S_pq[i]], { rtol: 1e-3, atol: 1e-9 });
        expect([layer.s_ww]).toBeAllclose([S_ww[i]], { rtol: 1e-3, atol: 1e-9 });
        expect(layer.flow.shape).toEqual([size, size]);
        const wanted = matrices.data.slice(i * size * size, (i + 1) * size * size);
        const most = Math.max(...wanted);
        expect(layer.flow.data).toBeAllclose(wanted, { rtol: 0, atol: 1e-4 * most });
      },
    );
    await writeFile(input, JSON.stringify({ ...ids, class_ids: "x" }));
    const refused = await call(["anchors", "flow", ...model, "--ids", input, "--out", `${out}.2`]);
    expect(refused.err).toContain("class_ids must be a list of whole numbers");
    expect(existsSync(`${out}.2`)).toBe(false);
  });

  it("reads TSV, CSV, JSONL and a template of one's own", async () => {
    const folder = await temporaryFolder();
    const tokenizer = ["--model", shared("data/models/tiny-random-gpt2")];
    const several = ["--items", "3", "--multi-token", "first"];
    const sst2 = ["--task", "sst2", "--data", data("sst2-dev.tsv")];
    const compressed = await json(
      "compress",
      ...tokenizer,
      ...several,
      ...sst2,
      "--variants",
      "none",
    );
    expect(compressed.rows).toHaveLength(1);
    const template = join(folder, "template.json");
    const labels = { neg: " bad", pos: " good" };
    await writeFile(template, JSON.stringify({ block: "Text: {text}\nIs:{label}", labels }));
    const lines = Array.from({ length: 14 }, (_, i) => ({
      text: `word ${i}`,
      label: i % 2 ? "pos" : "neg",
    }));
    const path = join(folder, "own.jsonl");
    await writeFile(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    const own = await json("flow", ...tokenizer, ...several, "--task", template, "--data", path);
    expect(own.relative).toHaveLength(5);
    const table = join(folder, "own.csv");
    await writeFile(
      table,
      `label,text\n${lines.map(({ text, label }) => `${label},"${text}, too"`).join("\n")}\n`,
    );
    const flow = ["flow", ...tokenizer, ...several, "--task", template, "--data", table];
    expect((await json(...flow)).relative).toHaveLength(5);
    const wrong = await call(["anchors", ...flow.slice(0, -1), data("trec-test.tsv")]);
    expect(wrong.err).toContain('must be one of neg, pos, got "NUM"');
    const split = await call(["anchors", "auc", ...tokenizer, ...sst2, "--items", "3"]);
    expect(split.err).toContain("must be one token");
  });
});
