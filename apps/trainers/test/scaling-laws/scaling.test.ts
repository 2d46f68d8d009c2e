import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publishedLaws } from "@deepgrain/scaling-laws";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

/** A table from a known law: a best model of C^0.5, eight budgets. */
function table(): string {
  const rows = [1e15, 4e15, 1.6e16, 6.4e16, 2.56e17].flatMap((flops) =>
    [0.25, 0.5, 1, 2, 4].map((size) => {
      const model = flops ** 0.5 * size;
      const tokens = flops / model;
      return [flops, model, tokens, 1.7 + 30 / model ** 0.2 + 30 / tokens ** 0.2].join(",");
    }),
  );
  return ["flops,model,tokens,loss", ...rows].join("\n");
}

async function withTable(text = table(), name = "runs.csv") {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, name), text);
  return cwd;
}

describe("scaling fit", () => {
  it("writes the machine form, every number with its interval, parts without data null", async () => {
    const cwd = await withTable();
    const { code } = await call(["scaling", "fit", "--runs", "runs.csv", "--out", "fit.json"], {
      cwd,
    });
    expect(code).toBe(0);
    const law = JSON.parse(await readFile(join(cwd, "fit.json"), "utf8"));
    const quantity = {
      value: expect.any(Number),
      lower: expect.any(Number),
      upper: expect.any(Number),
    };
    const power = { coefficient: quantity, exponent: quantity };
    expect(law).toEqual({
      allocation: { model: power, data: power },
      batchSize: null,
      learningRate: null,
      loss: { floor: quantity, ...power },
    });
    expect(law.allocation.model.exponent.value).toBeCloseTo(0.5, 2);
  });

  it("says for people what was fitted and what is missing", async () => {
    const cwd = await withTable();
    const { out } = await call(["scaling", "fit", "--runs", "runs.csv", "--parametric"], { cwd });
    expect(out).toContain("M, best FLOPs per token");
    expect(out).toContain("not fitted: no run has batchTokens");
    expect(out).toMatch(/parametric: L = 1\.\d+ \+ .*best M grows as C\^0\.5/);
  });

  it("names file, row and key of a missing column, and writes nothing", async () => {
    const cwd = await withTable("flops,model,tokens,loss\n1e15,1e7,1e8,2\n1e15,1e7,1e8,\n");
    const { code, err } = await call(
      ["scaling", "fit", "--runs", "runs.csv", "--out", "fit.json"],
      { cwd },
    );
    expect(code).toBe(1);
    expect(err).toContain("runs.csv, row 2 (line 3), loss: is missing");
    expect(existsSync(join(cwd, "fit.json"))).toBe(false);
  });

  it("says what a table of one budget only is missing", async () => {
    const one = table().split("\n").slice(0, 6).join("\n");
    const cwd = await withTable(one);
    const { code, err } = await call(
      ["scaling", "fit", "--runs", "runs.csv", "--out", "fit.json"],
      { cwd },
    );
    expect(code).toBe(1);
    expect(err).toContain("1 of 1 budgets have a usable profile, 5 are needed");
    expect(existsSync(join(cwd, "fit.json"))).toBe(false);
  });

  it("reads an export of W&B and names the runs that it leaves out", async () => {
    const lines = table().split("\n").slice(1);
    const rows = lines.map((line, i) => `run-${i},finished,${line}`);
    const csv = ["Name,State,flops,model,tokens,val/loss", ...rows, "late,running,1,1,1,1"].join(
      "\n",
    );
    const cwd = await withTable(csv, "wandb.csv");
    const { code, out, err } = await call(["scaling", "fit", "--runs", "wandb.csv", "--json"], {
      cwd,
    });
    expect(err).toContain("left out 1 runs of wandb.csv that have not finished: late");
    expect(code).toBe(0);
    expect(JSON.parse(out).allocation.model.exponent.value).toBeCloseTo(0.5, 2);
  });

  it("reads folders with metrics.jsonl, and asks for what they do not say", async () => {
    const cwd = await temporaryFolder();
    for (const [i, line] of table().split("\n").slice(1).entries()) {
      const [, model, tokens, loss] = line.split(",").map(Number);
      const folder = join(cwd, "all", `run-${i}`);
      await mkdir(folder, { recursive: true });
      const width = Math.sqrt(model! / (72 * 2));
      const metrics = [
        { stage: "pretrain", type: "step-end", step: 1, loss: 3, lr: 0.01, tokens },
        { stage: "pretrain", type: "eval-end", step: 1, loss },
      ];
      await writeFile(
        join(folder, "metrics.jsonl"),
        metrics.map((m) => JSON.stringify(m)).join("\n"),
      );
      const config = {
        model_type: "llama",
        vocab_size: 256,
        hidden_size: Math.round(width / 2) * 2,
        intermediate_size: Math.round((8 * width) / 3),
        num_hidden_layers: 2,
        num_attention_heads: 1,
      };
      await writeFile(join(folder, "config.json"), JSON.stringify(config));
    }
    const args = ["scaling", "fit", "--runs", "all", "--json"];
    const without = await call(args, { cwd });
    expect(without.err).toContain("how long training sequences are");
    const { code, out } = await call([...args, "--sequence-length", "8"], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(out).allocation.model.exponent.value).toBeCloseTo(0.5, 1);
  });

  it.each([
    [["--runs", "none.csv"], 2, "there is no"],
    [["--runs", "."], 1, "must hold metrics.jsonl"],
    [["--runs", ","], 2, "names no file"],
  ])("refuses %j with exit code %i", async (args, exit, message) => {
    const cwd = await temporaryFolder();
    const { code, err } = await call(["scaling", "fit", ...args], { cwd });
    expect(code).toBe(exit);
    expect(err).toContain(message);
  });
});

describe("scaling plan", () => {
  it("plans DeepSeek LLM's budgets by its own law", async () => {
    const args = ["scaling", "plan", "--budget", "1e20", "--sequence-length", "4096", "--json"];
    const plan = JSON.parse((await call(args)).out);
    expect(plan.model.value / 5.251e9).toBeCloseTo(1, 3);
    expect(plan.tokens.value / 1.905e10).toBeCloseTo(1, 3);
    expect(plan.batchTokens.value / 1.017e6).toBeCloseTo(1, 3);
    expect(plan.learningRate.value / 9.86e-4).toBeCloseTo(1, 3);
    expect(plan.extrapolation).toBe(1);
    expect(plan.shape.layers).toBeGreaterThan(1);
  });

  it("names every published law in its help", async () => {
    const { out } = await call(["scaling", "plan", "--help"]);
    for (const name of Object.keys(publishedLaws)) expect(out).toContain(name);
  });

  it("prints the plan with all published laws beside it, and says how far it extrapolates", async () => {
    const { out } = await call(["scaling", "plan", "--budget", "8.46e22"]);
    expect(out).toMatch(/model, FLOPs per token\s+1\.80e11/);
    for (const name of ["DeepSeek LLM", "Chinchilla", "Kaplan"]) expect(out).toContain(name);
    expect(out).toContain("Outside the budgets that the law was fitted to, by a factor of 282");
  });

  it("finds the budget for a number of tokens", async () => {
    const args = ["scaling", "plan", "--tokens", "4.703e11", "--json"];
    expect(JSON.parse((await call(args)).out).flops / 8.46e22).toBeCloseTo(1, 2);
  });

  it("plans by a law of one's own, with intervals where it is fitted from runs", async () => {
    const cwd = await withTable();
    await call(["scaling", "fit", "--runs", "runs.csv", "--out", "fit.json"], { cwd });
    const args = ["scaling", "plan", "--budget", "1e18", "--json"];
    const byFile = JSON.parse((await call([...args, "--law", "fit.json"], { cwd })).out);
    expect(byFile.model).toMatchObject({ lower: null, upper: null });
    const byRuns = JSON.parse((await call([...args, "--runs", "runs.csv"], { cwd })).out);
    expect(byRuns.model.value).toBeCloseTo(byFile.model.value, 0);
    expect(byRuns.model.lower).toBeLessThanOrEqual(byRuns.model.value);
  });

  it.each([
    [[], "give exactly one of --budget"],
    [["--budget", "1e20", "--tokens", "1e9"], "give exactly one of --budget"],
    [["--budget", "1e20", "--law", "nobody"], "there is no"],
    [["--budget", "-1"], "must be a finite number above 0"],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await call(["scaling", "plan", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("says that a law has no such part", async () => {
    const { code, err } = await call(["scaling", "plan", "--loss", "2", "--law", "deepseek"]);
    expect(code).toBe(1);
    expect(err).toContain("the law has no part for loss");
  });
});
