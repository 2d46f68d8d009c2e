import "@deepgrain/vitest/allclose";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EncoderModel, parseEncoderConfig, saveEncoder } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

async function run(folder: string, request: object) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "ids.json"), JSON.stringify(request));
  const args = ["logits", "--model", folder, "--ids", "ids.json", "--out", "out.json"];
  return { ...(await call(args, { cwd })), path: join(cwd, "out.json") };
}

async function answer(folder: string, request: object) {
  const { code, out, err, path } = await run(folder, request);
  expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
  return readJson(path);
}

const largest = (data: readonly number[]) => Math.max(...data.map(Math.abs));
const models = ["bert-seqcls", "roberta-seqcls", "bert-mlm", "roberta-mlm"];

describe.skipIf(sharedIsMissing).each(models)("deepgrain logits of %s", (name) => {
  const folderOf = () => shared(`golden/encoders/${name}`);

  it("has the reference's logits and loss", async () => {
    const folder = folderOf();
    const golden = await readJson(join(folder, "golden.json"));
    const { input_ids, attention_mask, token_type_ids, labels } = golden;
    const out = await answer(folder, { input_ids, attention_mask, token_type_ids, labels });
    const expected = golden.logits ?? golden.logits_attended;
    const width = expected.shape.at(-1);
    expect(out.logits.shape).toEqual(
      golden.logits ? expected.shape : [input_ids.length, input_ids[0].length, width],
    );
    const counted = golden.logits
      ? out.logits.data
      : attention_mask
          .flat()
          .flatMap((counts: number, i: number) =>
            counts ? out.logits.data.slice(i * width, (i + 1) * width) : [],
          );
    expect(counted).toBeAllclose(expected.data, { rtol: 0, atol: 1e-4 * largest(expected.data) });
    expect([out.loss]).toBeAllclose([golden.loss], { rtol: 0, atol: 1e-4 });
  });

  it("takes token types as zeros and gives no loss where the file has neither", async () => {
    const folder = folderOf();
    const { input_ids } = await readJson(join(folder, "golden.json"));
    const token_type_ids = input_ids.map((row: number[]) => row.map(() => 0));
    const out = await answer(folder, { input_ids });
    expect(out).toEqual(await answer(folder, { input_ids, token_type_ids }));
    expect(out.loss).toBeNull();
  });
});

const tiny = (changes: object) =>
  parseEncoderConfig({
    model_type: "bert",
    vocab_size: 11,
    hidden_size: 8,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 8,
    ...changes,
  });

async function savedModel(changes: object): Promise<string> {
  const folder = join(await temporaryFolder(), "model");
  await saveEncoder(folder, new EncoderModel(tiny(changes)));
  return folder;
}

describe("deepgrain logits of a new encoder", () => {
  it("gives the mean squared error of numbers, −100 among them", async () => {
    const folder = await savedModel({ num_labels: 1 });
    const labels = [-100, 0.5];
    const { logits, loss } = await answer(folder, {
      input_ids: [
        [1, 2],
        [3, 4],
      ],
      labels,
    });
    expect(logits.shape).toEqual([2, 1]);
    const squares = labels.map((label, row) => (logits.data[row] - label) ** 2);
    expect([loss]).toBeAllclose([(squares[0]! + squares[1]!) / 2], { rtol: 1e-5 });
  });

  it("gives no loss where a masked LM has nothing to predict", async () => {
    const folder = await savedModel({ architectures: ["BertForMaskedLM"] });
    const out = await answer(folder, { input_ids: [[1, 2]], labels: [[-100, -100]] });
    expect(out.logits.shape).toEqual([1, 2, 11]);
    expect(out.loss).toBeNull();
  });

  it.each([
    [{ input_ids: [[1, 2]], labels: [[1, 1]] }, "labels must be one class or number per row"],
    [{ input_ids: [[1, 2]], labels: [2] }, "labels must be whole numbers from 0 to 1, got 2"],
    [{ input_ids: [[1, 2]], labels: [0, 1] }, "1 labels needed, got 2"],
    [{ input_ids: [[1, 11]] }, "ids must be whole numbers from 0 to 10, got 11"],
    [{ input_ids: [[1, 2]], token_type_ids: [[0, 2]] }, "token type ids must be"],
    [{ input_ids: [[1, 2]], token_type_ids: [[0]] }, "row 0 of token_type_ids"],
    [{ input_ids: [[1, 2]], attention_mask: [[0, 0]] }, "the mask of row 0 counts no token"],
    [{ input_ids: [[1, 2, 3, 4, 5, 6, 7, 8, 9]] }, "rows may have 8 tokens, got 9"],
  ])("refuses %j with exit code 1", async (request, message) => {
    const { code, err } = await run(await savedModel({}), request);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it("refuses labels per row for a masked LM", async () => {
    const folder = await savedModel({ architectures: ["BertForMaskedLM"] });
    const { code, err } = await run(folder, { input_ids: [[1, 2]], labels: [1] });
    expect(code).toBe(1);
    expect(err).toContain("labels of a masked LM must be one id per token");
  });
});
