import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import { layoutFromConfig, parseExpertConfig, readTraces } from "../../src";

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
const moe = {
  model_type: "deepseek",
  num_hidden_layers: 2,
  n_routed_experts: 4,
  num_experts_per_tok: 2,
  hidden_size: 8,
  moe_intermediate_size: 4,
};

const traces = (name: string, expects: HostileCase["expects"], text: string): HostileCase => ({
  name,
  expects,
  run(folder) {
    writeFileSync(join(folder, "expert_weights_1.txt"), text);
    return readTraces(folder);
  },
});

/** Inputs that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  traces("a trace of expert 3e8", "ERR_FORMAT", "300000000\t1\t\t0.5\t0.5"),
  traces("a trace of expert 1e15", "ERR_FORMAT", "1000000000000000\t1\t\t0.5\t0.5"),
  traces("a trace of 200,000 lines", "result", "3\t1\t\t0.5\t0.5\n".repeat(200_000)),
  traces("200,000 lines of expert 65,535", "result", "65535\t1\t\t0.5\t0.5\n".repeat(200_000)),
  traces(
    "a line of 60,000 experts",
    "result",
    `${Array.from({ length: 60_000 }, (_, i) => i).join("\t")}\t\t${"0.5\t".repeat(60_000)}\n`,
  ),
  { name: "no configuration", expects: "ERR_FORMAT", run: () => layoutFromConfig(null as never) },
  {
    name: "1e9 layers",
    expects: "ERR_FORMAT",
    run: () => layoutFromConfig({ ...moe, num_hidden_layers: 1e9 }),
  },
  {
    name: "1e9 experts",
    expects: "ERR_FORMAT",
    run: () => layoutFromConfig({ ...moe, n_routed_experts: 1e9 }),
  },
  {
    name: "a family nested 100,000 deep",
    expects: "ERR_RANGE",
    run: () => layoutFromConfig({ ...moe, model_type: JSON.parse(deep) }),
  },
  {
    name: "experts nested 100,000 deep",
    expects: "ERR_FORMAT",
    run: () => parseExpertConfig(`{"experts": ${deep}}`),
  },
  {
    name: "a list nested 100,000 deep",
    expects: "ERR_FORMAT",
    run: () => parseExpertConfig(`{"experts": {"1": ${deep}}}`),
  },
];
