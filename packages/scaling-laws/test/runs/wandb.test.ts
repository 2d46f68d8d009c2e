import { describe, expect, it } from "vitest";
import { flopsPerToken, importWandb } from "../../src/index";

const HEADER =
  '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","batch_size","learning_rate","max_steps","n_layer","n_embd","block_size","loss","val/loss"';
const row = (name: string, state: string, loss = "3.25") =>
  `"${name}","${state}","-","me","","2026-01-01T00:00:00.000Z","61","","8","0.001","500","4","128","256","2.9","${loss}"`;

describe("importWandb", () => {
  it("reads a runs table: shape, batch in sequences, tokens from steps, held-out loss before training loss", () => {
    const { runs, skipped } = importWandb([HEADER, row("a", "finished")].join("\n"));
    const model = flopsPerToken({ layers: 4, width: 128, sequenceLength: 256 });
    const tokens = 500 * 8 * 256;
    expect(runs).toEqual([
      {
        flops: model * tokens,
        model,
        tokens,
        loss: 3.25,
        unit: "loss",
        batchTokens: 2048,
        lr: 0.001,
        layers: 4,
        width: 128,
        sequenceLength: 256,
      },
    ]);
    expect(skipped).toEqual([]);
  });

  it("leaves unfinished runs out and lists them", () => {
    const { runs, skipped } = importWandb(
      [HEADER, row("a", "crashed", ""), row("b", "finished")].join("\n"),
    );
    expect(runs).toHaveLength(1);
    expect(skipped).toEqual([{ row: 1, name: "a", state: "crashed" }]);
  });

  it("finds config and summary values behind their groups", () => {
    const text =
      "Name,State,config.params,summary.tokens_seen,summary/val_loss\na,finished,1e6,2e7,3\n";
    expect(importWandb(text).runs[0]).toMatchObject({ model: 6e6, tokens: 2e7, loss: 3 });
  });

  it("names the row of a finished run without a loss, counting from the table's first", () => {
    const text = [HEADER, row("a", "crashed"), row("b", "finished", "NaN")].join("\n");
    expect(() => importWandb(text, { file: "export.csv" })).toThrow(
      'scaling-laws/importWandb: export.csv, row 2 (line 3), loss: expected a finite number above 0, got "NaN"',
    );
  });

  it("says so where no run has finished", () => {
    expect(() => importWandb([HEADER, row("a", "failed")].join("\n"))).toThrow(
      "wandb.csv has no finished run (1 others)",
    );
  });
});
