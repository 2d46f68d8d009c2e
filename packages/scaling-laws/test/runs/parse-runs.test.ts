import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flopsPerToken, parseRuns, ScalingLawsError } from "../../src/index";
import { parseCsv } from "../../src/runs/csv";

describe("parseCsv", () => {
  it("reads quoted cells with commas, line ends and quotes, and keeps count of lines", () => {
    const text = '\uFEFFa,b\r\n"1,5","x ""y""\nz"\r\n\r\n3, 4 ';
    expect(parseCsv(text, "t")).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1,5", 'x "y"\nz'] },
      { line: 5, cells: ["3", "4"] },
    ]);
  });

  it("reads back whatever is written by the rules", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", "1", "é") });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows
          .map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(","))
          .join("\n");
        expect(parseCsv(text, "t").map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });

  it("keeps an empty last cell and needs no last line end", () => {
    expect(parseCsv("a,b\n1,", "t").map(({ cells }) => cells)).toEqual([
      ["a", "b"],
      ["1", ""],
    ]);
    expect(parseCsv("", "t")).toEqual([]);
  });

  it("says on which line a quote is wrong", () => {
    expect(() => parseCsv('a,b\n"1,2\n', "t.csv")).toThrow("t.csv, line 2: a quote is not closed");
    expect(() => parseCsv('a\n"1"2\n', "t.csv")).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
  });
});

describe("parseRuns", () => {
  it("reads the columns of a CSV table under their own names", () => {
    const [run] = parseRuns(
      "flops,model,tokens,loss,batch_tokens,lr,seed\n1e17,1.4e8,7.1e8,3.2,1e5,2e-3,0\n",
    );
    expect(run).toEqual({
      flops: 1e17,
      model: 1.4e8,
      tokens: 7.1e8,
      loss: 3.2,
      unit: "loss",
      batchTokens: 1e5,
      lr: 2e-3,
      seed: 0,
    });
  });

  it("computes flops as model × tokens and model from the shape, with the paper's short names in JSON lines", () => {
    const line = {
      budget: 1e15,
      L: 4,
      d: 128,
      S: 256,
      V: 1024,
      tokens: 1e7,
      batchTokens: 4096,
      lr: 1e-3,
      loss: 4,
      bpb: 1.5,
      seed: 1,
    };
    const [run] = parseRuns(`${JSON.stringify(line)}\n\n`);
    const model = flopsPerToken({ layers: 4, width: 128, sequenceLength: 256 });
    expect(run).toEqual({
      flops: model * 1e7,
      model,
      tokens: 1e7,
      loss: 1.5,
      unit: "bpb",
      budget: 1e15,
      batchTokens: 4096,
      lr: 1e-3,
      seed: 1,
      layers: 4,
      width: 128,
      sequenceLength: 256,
      vocab: 1024,
    });
  });

  it("takes 6 FLOPs per parameter, and model = flops / tokens where nothing else is known", () => {
    expect(parseRuns("N,D,val_loss\n1e6,2e7,3\n")[0]).toMatchObject({
      model: 6e6,
      flops: 1.2e14,
      loss: 3,
    });
    expect(parseRuns("C,D,loss\n1e14,2e7,3\n")[0]).toMatchObject({ model: 5e6 });
  });

  it.each([
    ["batchTokens", "learningRate"],
    ["batch_tokens", "learning_rate"],
    ["Batch Tokens", "LEARNING-RATE"],
    ["tokensPerBatch", "peak_lr"],
  ])("knows %s and %s as batch and rate", (batch, rate) => {
    const [run] = parseRuns(`model,tokens,loss,${batch},${rate}\n1,2,3,4,5\n`);
    expect(run).toMatchObject({ batchTokens: 4, lr: 5 });
  });

  it("prefers the plain name to a synonym, and a name that is given to both", () => {
    const text = "model,tokens,eval_loss,loss,nll\n1,2,4,3,5\n";
    expect(parseRuns(text)[0]!.loss).toBe(3);
    expect(parseRuns(text, { columns: { loss: "nll" } })[0]!.loss).toBe(5);
  });

  it("takes bits per byte where every row has them, else the loss", () => {
    expect(parseRuns("model,tokens,loss,bpb\n1,2,3,1\n1,2,3,\n").map(({ unit }) => unit)).toEqual([
      "loss",
      "loss",
    ]);
    expect(() => parseRuns("model,tokens,loss,bpb\n1,2,3,1\n1,2,3,\n", { unit: "bpb" })).toThrow(
      "row 2 (line 3), bpb: is missing",
    );
  });

  const wrong = (text: string) => {
    try {
      parseRuns(text, { file: "runs.csv" });
    } catch (error) {
      if (ScalingLawsError.isInstance(error))
        return { code: error.code, message: error.message, fields: error.fields };
    }
    throw new Error("nothing was thrown");
  };

  it("names file, row and key of a value that is missing", () => {
    expect(wrong("model,tokens,loss\n1,2,3\n1,,3\n")).toMatchObject({
      code: "ERR_ROW",
      message: "scaling-laws/parseRuns: runs.csv, row 2 (line 3), tokens: is missing",
      fields: { file: "runs.csv", row: 2, line: 3, key: "tokens" },
    });
    expect(wrong("tokens,loss\n2,3\n").message).toContain(
      "row 1 (line 2), model: is missing; a row needs model (FLOPs per token), or params, or layers, width and sequence_length",
    );
    expect(wrong("layers,width,tokens,loss\n1,2,3,4\n").fields).toMatchObject({
      key: "sequenceLength",
    });
    expect(wrong("model,tokens\n1,2\n").fields).toMatchObject({ row: 1, key: "loss" });
  });

  it.each(["abc", "NaN", "-1", "0", "Infinity"])(
    "names file, row and key of the value %s",
    (value) => {
      expect(wrong(`model,tokens,loss\n1,2,3\n1,2,${value}\n`)).toMatchObject({
        code: "ERR_ROW",
        message: `scaling-laws/parseRuns: runs.csv, row 2 (line 3), loss: expected a finite number above 0, got "${value}"`,
      });
    },
  );

  it("says where JSON is broken, rows are too long, or there are none", () => {
    expect(wrong('{"model":1,"tokens":2,"loss":3}\n{"model":').message).toContain(
      "runs.csv, line 2: expected a JSON object",
    );
    expect(wrong("model,tokens,loss\n1,2,3,4\n").message).toContain(
      "row 1 (line 2): 4 cells, but the header has 3",
    );
    expect(wrong("").code).toBe("ERR_TOO_FEW");
    expect(wrong("model,tokens,loss\n").code).toBe("ERR_TOO_FEW");
  });
});
