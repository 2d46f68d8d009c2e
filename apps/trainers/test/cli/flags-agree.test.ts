/** @file A flag's name says what its value is: the same in every command, or the exception is listed with its reason. */

import type { Flag } from "@deepgrain/command-line/flags/flags";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { leavesOf } from "../support/output-flags";

type Kind = "switch" | "number" | "list" | "word" | "file" | "folder" | "text";

function kindOf({ kind, hint, words, reads, writes }: Flag): Kind {
  if (kind === "switch") return "switch";
  if (reads === "file" || reads === "files" || writes === "file" || /^files?$/.test(hint))
    return "file";
  if (hint.startsWith("dir")) return "folder";
  if (hint === "n" || hint === "x") return "number";
  if (hint === "list") return "list";
  return words !== undefined || hint.includes("|") ? "word" : "text";
}

/** Names with two kinds of value, and why. */
const exceptions: Readonly<Record<string, string>> = {
  against:
    "what answers are compared with in anchors auc, and the tests that coder dedupe looks for",
  data: "texts or rows; fed and some comparisons know data sets by name, others by a folder",
  heldOut: "a share of the rows, or for purify run, whose rows are few, a file of others",
  key: "a member's key file in fed; serve has only the negated --no-key",
  loss: "a loss by its name; in scaling plan the loss that a budget shall reach",
  lr: "compare esft tries several rates",
  order: "an order by its name; renode weights reads that of another program's nodes",
  out: "the one result of a command, a file or a folder",
  prompt: "the text to continue; in coder evaluate how tasks are put",
  queue: "the length of serve's queue; prm annotate's is a server",
  reference: "the model that DPO holds on to; in coder evaluate the tasks' own solutions",
  reward: "what is rewarded: a file of rewards, or in coder grpo the tests",
  runs: "start's folder of runs; scaling reads tables of runs too",
  target: "a class; prm train learns from steps or outcomes",
  tasks: "a file of tasks; compare esft has built-in ones, by name",
  threads: "their number; bench compares several",
  tokenizer: "a folder; convert reads llama2.c's file",
};

const leaves = await leavesOf(deepgrain);

/** The commands by flag and by the kind of its value. */
const uses = new Map<string, Map<Kind, string[]>>();
for (const { name, command } of leaves)
  for (const [flag, one] of Object.entries(command.flags)) {
    const kinds = uses.get(flag) ?? new Map<Kind, string[]>();
    kinds.set(kindOf(one), [...(kinds.get(kindOf(one)) ?? []), name]);
    uses.set(flag, kinds);
  }

describe("a flag's name", () => {
  it("has one kind of value in all commands, but for the exceptions that are listed", () => {
    const many = [...uses].filter(([, kinds]) => kinds.size > 1);
    const found = Object.fromEntries(
      many.map(([flag, kinds]) => [flag, Object.fromEntries(kinds)]),
    );
    expect(Object.keys(found).sort(), JSON.stringify(found, undefined, 1)).toEqual(
      Object.keys(exceptions).sort(),
    );
  });

  it.each([
    ["batch", "batchSize"],
    ["length", "maxLength"],
    ["rates", "lr"],
    ["learningRate", "lr"],
    ["learnRate", "learnLr"],
    ["maxTokens", "tokenBudget"],
    ["completionTokens", "maxNewTokens"],
    ["greedy", "temperature"],
  ])("--%s is gone: it is %s everywhere", (old, now) => {
    expect([...uses.keys()]).not.toContain(old);
    expect([...uses.keys()]).toContain(now);
  });

  it.each([
    ["prm annotate", "rules", "format"],
    ["purify attack", "poisonRate", "rate"],
    ["watermark attack", "editRate", "rate"],
    ["scaling plan", "modelFlops", "model"],
    ["fed privacy", "rounds", "steps"],
    ["prm grade", "completions", "in"],
    ["bench", "out", undefined],
  ])("%s has %s, not %s", (name, now, old) => {
    const { flags } = leaves.find((leaf) => leaf.name === name)!.command;
    expect(Object.keys(flags)).toContain(now);
    expect(Object.keys(flags)).not.toContain(old);
  });

  it("--json is a switch everywhere", () => {
    expect([...uses.get("json")!.keys()]).toEqual(["switch"]);
  });
});

describe("--seed", () => {
  /** Commands whose seed is not 0 by default, and why. */
  const others = (name: string) =>
    name === "chat" || // none is a random one
    name === "anchors train" || // that of the recipe, which makes the shipped model
    name.startsWith("compare "); // recorded studies begin with seed 1

  it("is 0 by default, everywhere but in chat, in recipes and in recorded studies", () => {
    const seeds = leaves.flatMap(({ name, command: { flags } }) =>
      flags.seed ? [{ name, value: flags.seed.shownDefault }] : [],
    );
    expect(seeds.length).toBeGreaterThan(40);
    for (const { name, value } of seeds)
      if (!others(name)) expect(value, name).toBe("0");
      else expect(value, name).toBe(name.startsWith("compare ") ? "1" : undefined);
  });
});
