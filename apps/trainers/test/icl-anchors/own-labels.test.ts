import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const words = [
  ["milk", "purr", "mouse"],
  ["bone", "bark", "walk"],
];
const rows = Array.from({ length: 60 }, (_, i) => {
  const [own, turn] = [words[i % 2]!, i >> 1];
  return { text: `${own[turn % 3]} ${own[(turn + 1) % 3]}`, label: i % 2 ? "dog" : "cat" };
});

async function folder() {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "texts.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return { cwd, deepgrain: (line: string) => call(line.split(" "), { cwd }) };
}

describe("anchors train --data", () => {
  it("makes a model, a tokenizer and a template from which flow is drawn", async () => {
    const { cwd, deepgrain } = await folder();
    const trained = await deepgrain(
      "anchors train --data texts.jsonl --recipe small --vocab-size 300 --steps 3 --out own --json",
    );
    expect(trained.code, trained.err).toBe(0);
    expect(JSON.parse(trained.out)).toMatchObject({ recipe: "small", steps: 3 });
    const template = JSON.parse(await readFile(join(cwd, "own/template.json"), "utf8"));
    expect(template.labels).toEqual({ cat: " cat", dog: " dog" });
    const flow = await deepgrain(
      "anchors flow --model own --task own/template.json --data texts.jsonl --items 3 --seeds 1 --page flow",
    );
    expect(flow.code, flow.err).toBe(0);
    expect(await readFile(join(cwd, "flow/flow.html"), "utf8")).toContain("Flow in own");
  });

  it("takes a template of its own, and refuses one without --data", async () => {
    const { cwd, deepgrain } = await folder();
    const own = { block: "A {text}\nis:{label}", labels: { cat: " one", dog: " two" } };
    await writeFile(join(cwd, "t.json"), JSON.stringify(own));
    const args = "--task t.json --recipe small --vocab-size 300 --steps 1 --out own";
    expect((await deepgrain(`anchors train --data texts.jsonl ${args}`)).code).toBe(0);
    const { block, labels } = JSON.parse(await readFile(join(cwd, "own/template.json"), "utf8"));
    expect({ block, labels }).toEqual(own);
    const { code, err } = await deepgrain(`anchors train ${args.replace("own", "other")}`);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("needs --data") });
  });

  it("refuses texts of one label", async () => {
    const { cwd, deepgrain } = await folder();
    await writeFile(join(cwd, "one.jsonl"), '{"text": "a", "label": "x"}\n');
    const { code, err } = await deepgrain("anchors train --data one.jsonl --steps 1 --out own");
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("two labels") });
    expect(existsSync(join(cwd, "own"))).toBe(false);
  });
});

describe("anchors flow --ids --page", () => {
  it("draws a checkpoint that has no tokenizer, its tokens by number", async () => {
    const { cwd, deepgrain } = await folder();
    const made = await deepgrain("anchors train --recipe small --steps 1 --out tiny");
    expect(made.code, made.err).toBe(0);
    expect(existsSync(join(cwd, "tiny/tokenizer.json"))).toBe(false);
    const prompt = {
      input_ids: [1, 2, 30, 33, 4, 5, 31, 33, 1, 33],
      label_positions: [[2], [6]],
      target_position: 9,
      class_ids: [30, 31],
      gold: 0,
    };
    await writeFile(join(cwd, "ids.json"), JSON.stringify(prompt));
    const { code, err } = await deepgrain(
      "anchors flow --model tiny --ids ids.json --out flow.json --page flow",
    );
    expect(code, err).toBe(0);
    const page = await readFile(join(cwd, "flow/flow.html"), "utf8");
    expect(page).toContain("Token by token");
    expect(page).toContain("33");
    for (const name of ["flow.svg", "flow.png", "layer-0.svg", "bertviz.json", "circuitsvis.json"])
      expect(existsSync(join(cwd, "flow", name)), name).toBe(true);
    expect(JSON.parse(await readFile(join(cwd, "flow.json"), "utf8"))).toBeTypeOf("object");
  });
});
