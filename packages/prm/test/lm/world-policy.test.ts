import { train } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import type { Completion } from "../../src/completers/completer";
import { batchCompleter } from "../../src/lm/batch-completer";
import { worldPolicy, worldSample } from "../../src/lm/world-policy";
import { generateProblem } from "../../src/world/generate-problem";
import { worldTokenizer } from "../../src/world/world-tokenizer";

const tokenizer = worldTokenizer();
const problem = generateProblem(1, { steps: [2, 2] });

it("labels the solution and its end alone", () => {
  const { inputIds, labels } = worldSample(tokenizer, problem);
  const first = labels.findIndex((label) => label !== -100);
  expect(tokenizer.decode(inputIds.slice(0, first))).toBe(`${problem.problem}\n`);
  expect(labels.slice(first)).toEqual(inputIds.slice(first));
  expect(inputIds.at(-1)).toBe(tokenizer.eosTokenId);
});

it("learns a solution by heart, which the batched completer then writes", async () => {
  const generator = new Generator(1);
  const policy = worldPolicy(tokenizer, { hiddenSize: 32, layers: 1, generator });
  const { inputIds: ids, labels } = worldSample(tokenizer, problem);
  const batch = { ids, labels, batch: 1, length: ids.length };
  for await (const _ of train(policy, { batch: () => batch }, { steps: 80, lr: 1e-2 }));
  const completer = batchCompleter(policy, { tokenizer, temperature: 0.1, maxTokens: 60 });
  const made = await completer({ problem: problem.problem, steps: [] }, { seeds: [1] });
  expect((made[0] as Completion).text).toBe(problem.steps.join("\n"));
});
