/** @file Configurations of commands, in YAML and JSON. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Generator } from "../generator";
import { flagKinds, parseOfficialConfig, withConfigFile } from "../inside";
import { damaged } from "../mutations";
import { count, word } from "./json-values";

const help = "one of each kind";
const flags = {
  steps: flagKinds.whole({ help, default: 10, min: 1 }),
  learningRate: flagKinds.real({ help, default: 1e-3, min: 0 }),
  betas: flagKinds.numbers({ help, default: [0.9, 0.95], min: 0 }),
  name: flagKinds.text({ help, hint: "name", default: "run" }),
  data: flagKinds.texts({ help }),
  method: flagKinds.choice(["adam", "muon"], { help, default: "adam" }),
  isQuiet: flagKinds.flag({ help }),
};

/** The flags of a file that holds a text. */
function readConfiguration(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "doors-config-"));
  try {
    const config = join(folder, "run.yaml");
    writeFileSync(config, text);
    return withConfigFile(flags, { config }, (path) => join(folder, path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const values = fc.record(
  {
    steps: fc.integer({ min: 1 }),
    "learning-rate": fc.double({ min: 0, max: 1, noNaN: true }),
    betas: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    name: word,
    method: fc.constantFrom("adam", "muon"),
    "is-quiet": fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Keys and values as YAML, each value as JSON. */
const yaml = (given: object) =>
  Object.entries(given)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)} # why\n`)
    .join("");

/** Keys of the official training configuration. */
const official = fc.record(
  {
    seed: fc.nat(),
    steps: fc.integer({ min: 1, max: 99 }),
    learning_rate: fc.double({ min: 0, max: 1, noNaN: true }),
    ep_size: word,
    gradient_checkpointing: fc.boolean(),
  },
  { requiredKeys: [] },
);

/**
 * The parser's blocks are counted, but for its expressions; what these may do is bounded by the 64 KiB of a configuration.
 */
const yamlOrders: Generator["orders"] = {
  "a list in one line": (n) => `betas: [${"0.5, ".repeat(n)}0.5]`,
  "a list in lines": (n) => `betas:\n${"  - 0.5\n".repeat(n)}`,
  "keys that are none": (n) =>
    count(n)
      .map((i) => `k${i}: ${i}\n`)
      .join(""),
  comments: (n) => "# why\n".repeat(n),
  "a long text": (n) => `name: ${"word ".repeat(n)}`,
  "a text in lines": (n) => `name:\n${"  word\n".repeat(n)}`,
  "a block": (n) => `name: |\n${"  word\n".repeat(n)}`,
  quotes: (n) => `name: "${'\\"'.repeat(n)}`,
  "single quotes": (n) => `name: '${"''".repeat(n)}`,
  anchors: (n) =>
    `betas: [${count(n)
      .map((i) => `&a${i} 1`)
      .join(", ")}]`,
  aliases: (n) => `name: &a x\nbetas: [${"*a, ".repeat(n)}1]`,
  documents: (n) => "---\n".repeat(n),
  tags: (n) => `name: ${"!a ".repeat(n)}`,
  blanks: (n) => `name:${" ".repeat(n)}\n${" ".repeat(n)}x`,
  "open lists": (n) => `betas: ${"[".repeat(n / 2)}`,
  "lists in lists": (n) => `betas:\n  ${"- ".repeat(n / 2)}1`,
  "open objects": (n) => "{a: ".repeat(n / 2),
  "keys of keys": (n) => "? ".repeat(n / 2),
};

export const configurationGenerators: readonly Generator[] = [
  {
    door: "withConfigFile",
    form: "text",
    valid: fc.oneof(
      values.map(yaml),
      values.map((given) => JSON.stringify(given)),
      damaged("json", values).map((given) => JSON.stringify(given) ?? ""),
      values.map((given) => `---\n${yaml(given)}data:\n  - a\n  - &b "b"\n`),
    ),
    read: readConfiguration,
    orders: yamlOrders,
  },
  {
    door: "readTrainSettings",
    form: "text",
    valid: fc.oneof(
      official.map(yaml),
      official.map((given) => JSON.stringify(given)),
    ),
    read: (text: string) => parseOfficialConfig(text, "base.yaml"),
    // Keys and values are found as withConfigFile finds them; what follows is its own.
    orders: {
      "keys that are none": yamlOrders["keys that are none"]!,
      "a list": yamlOrders["a list in one line"]!,
    },
  },
];
