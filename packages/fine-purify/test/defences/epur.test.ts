import { describe, expect, it } from "vitest";
import { embeddingPurification } from "../../src/defences/epur";

const table = (...data: number[]) => ({
  shape: [data.length / 2, 2],
  data: Float32Array.from(data),
});

describe("embeddingPurification", () => {
  const [init, finetuned] = [table(0, 0, 0, 0, 0, 0, 1, 1), table(3, 4, 3, 4, 0, 1, 1, 1)];

  it("resets the rows that moved most for how often their words occur", () => {
    // scores 5/ln 20, 5/ln 1e6, 1/ln 20, 0
    const { embeddings, rows } = embeddingPurification(init, finetuned, [3, 1e6, 20, 0], {
      rows: 2,
    });
    expect(rows).toEqual([0, 1]);
    expect([...embeddings.data]).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(embeddingPurification(init, finetuned, [3, 1e9, 20, 0], { rows: 1 }).rows).toEqual([0]);
    expect(embeddingPurification(init, finetuned, [0, 0, 0, 0]).rows).toEqual([0, 1, 2]);
    expect(
      embeddingPurification(init, finetuned, [0, 0, 0, 0], { rows: 0 }).embeddings.data,
    ).toEqual(finetuned.data);
  });

  it("refuses tables and counts that do not fit", () => {
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => embeddingPurification(init, finetuned, [1])).toThrow(code("ERR_SHAPE"));
    expect(() => embeddingPurification(table(1, 2), finetuned, [1, 1, 1, 1])).toThrow(
      code("ERR_SHAPE"),
    );
    expect(() => embeddingPurification(init, finetuned, [1, 1, 1, 1], { rows: -1 })).toThrow(
      code("ERR_RANGE"),
    );
  });
});
