import { describe, expect, it } from "vitest";
import { importRuns } from "../../src/index";

const run = { flops: 1e15, model: 1e7, tokens: 1e8, loss: 2 };
const csv = `${Object.keys(run).join(",")}\n${Object.values(run).join(",")}\n`;
const wandb = "Name,State,model,tokens,val/loss\na,finished,1e7,1e8,2\nb,running,1e7,1e8,\n";

describe("importRuns", () => {
  it("tells CSV, JSON lines and W&B's export by how they begin", () => {
    expect(importRuns(csv)).toMatchObject({ runs: [run], skipped: [] });
    expect(importRuns(JSON.stringify(run))).toMatchObject({ runs: [run], skipped: [] });
    expect(importRuns(wandb)).toMatchObject({ runs: [run], skipped: [{ row: 2, name: "b" }] });
    const quoted = wandb.replace("Name,State,", '"Name","State",').replace("\n", "\r\n");
    expect(importRuns(quoted).skipped).toHaveLength(1);
  });

  it("takes the form that it is told", () => {
    expect(importRuns(csv, { format: "wandb" })).toMatchObject({ runs: [run], skipped: [] });
    expect(() => importRuns(wandb, { format: "csv", file: "export.csv" })).toThrow(
      /export\.csv, row 2/,
    );
  });
});
