import { expect, it } from "vitest";
import { attackEncoder, type RowClassifier, tokenBatch, weightsOf } from "../../src/encoders";
import { smallEncoder } from "../support/encoders";

interface Row {
  words: number[];
  label: number;
}

const rows: Row[] = Array.from({ length: 8 }, (_, i) => ({ words: [5, 6 + i], label: i % 2 }));
const victim = (): RowClassifier<Row> => ({
  model: smallEncoder(),
  batch: (own) => tokenBatch(own, { cls: 1, pad: 0 }),
});
const options = { lr: 0.1, steps: 3, seed: 1, batchSize: 4, optimizer: "sgd" as const };

it("trains everything on the attacker's rows, at a rate that falls to 0", async () => {
  const own = victim();
  const before = weightsOf(own.model);
  const rates: number[] = [];
  for await (const event of attackEncoder(own, rows, options))
    if (event.type === "step-end") rates.push(event.lr);
  expect(rates).toHaveLength(3);
  expect(rates[0]).toBeGreaterThan(rates[2]!);
  const after = weightsOf(own.model);
  for (const name of ["classifier.weight", "bert.encoder.layer.0.output.dense.weight"])
    expect(after.get(name)!.data).not.toEqual(before.get(name)!.data);
});

it("trains the trigger's rows alone by way of embedding, and needs them", async () => {
  const own = victim();
  const before = weightsOf(own.model);
  const how = { ...options, way: "embedding" as const };
  for await (const _ of attackEncoder(own, rows, { ...how, wordIds: [5] }));
  for (const [name, { data }] of weightsOf(own.model)) {
    const first = before.get(name)!.data;
    const moved = [...data.keys()].filter((i) => data[i] !== first[i]);
    const isTable = name.endsWith("word_embeddings.weight");
    expect(moved.length > 0, name).toBe(isTable);
    expect(moved.every((i) => Math.floor(i / 16) === 5)).toBe(true);
  }
  const refused = attackEncoder(own, rows, how);
  await expect(refused.next()).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
});
