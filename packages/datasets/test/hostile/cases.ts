import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import { jsonlFile, parseCsv, parseGsm8k, parseJsonl, parsePlanetoid } from "../../src";

const gsm8k = (answer: string) => () => parseGsm8k(JSON.stringify({ question: "q", answer }));
const meta = { name: "x", nodes: 1, undirectedEdges: 0, features: 1, classNames: ["a"] };

/** Inputs that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  {
    name: "an answer of 200,000 digits and a letter",
    expects: "ERR_FORMAT",
    run: gsm8k(`#### ${"1".repeat(200_000)}x`),
  },
  {
    name: "an answer of 200,000 commas",
    expects: "ERR_FORMAT",
    run: gsm8k(`#### ${",".repeat(200_000)}x`),
  },
  {
    name: "an answer of 200,000 spaces",
    expects: "ERR_FORMAT",
    run: gsm8k(`####${" ".repeat(200_000)}x`),
  },
  {
    name: "an answer of 200,000 number signs",
    expects: "ERR_FORMAT",
    run: gsm8k("#".repeat(200_000)),
  },
  {
    name: "an answer of 100,000 open annotations",
    expects: "result",
    run: gsm8k(`${"<<1=".repeat(100_000)}\n#### 1`),
  },
  {
    name: "nodes without a column of features",
    expects: "ERR_FORMAT",
    run: () =>
      parsePlanetoid({
        nodes: "id,label,split\n0,0,train\n",
        edges: "source,target\n",
        meta: JSON.stringify(meta),
      }),
  },
  {
    name: "a graph of 1e15 nodes in its description",
    expects: "ERR_FORMAT",
    run: () =>
      parsePlanetoid({
        nodes: "id,label,split,features\n",
        edges: "source,target\n",
        meta: JSON.stringify({ ...meta, nodes: 1e15 }),
      }),
  },
  {
    name: "200,000 quotes",
    expects: "ERR_FORMAT",
    run: () => parseCsv(`a\n${'"'.repeat(200_001)}`),
  },
  {
    name: "JSON nested 100,000 deep",
    expects: "result",
    run: () => parseJsonl(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  },
  {
    name: "a pipe in place of a file",
    expects: "ERR_MISSING_FILE",
    async run(folder) {
      const pipe = join(folder, "records.jsonl");
      execFileSync("mkfifo", [pipe]);
      for await (const _ of jsonlFile(pipe));
    },
  },
];
