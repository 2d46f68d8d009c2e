import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import { loraRank, readLora } from "../../src";
import { parseLoraConfig } from "../../src/lora/lora-config";

const lora = (extra: string) => parseLoraConfig(`{"r": 8, "lora_alpha": 8, ${extra}}`);
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

/** LoRA configurations that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  {
    name: "a rank pattern that is not an expression",
    expects: "ERR_FORMAT",
    run: () => lora('"rank_pattern": {"(": 2}'),
  },
  { name: "a rank of 0.5", expects: "ERR_FORMAT", run: () => lora('"rank_pattern": {"a": 0.5}') },
  {
    name: "a rank pattern that refers back",
    expects: "ERR_FORMAT",
    run: () => lora('"rank_pattern": {"(a*)*\\\\1$": 2}'),
  },
  {
    name: "a target pattern that looks ahead",
    expects: "ERR_FORMAT",
    run: () => lora('"target_modules": "(?=a)"'),
  },
  {
    name: "a rank pattern that backtracks",
    expects: "result",
    run: async () =>
      loraRank(await lora('"rank_pattern": {"(a+)+$": 2}'), `${"a".repeat(50_000)}!`),
  },
  {
    name: "an alpha pattern of repetitions",
    expects: "ERR_FORMAT",
    run: () => lora('"alpha_pattern": {"(((a{900}){900}){900})": 2}'),
  },
  {
    name: "a pipe as adapter_config.json",
    expects: "ERR_IO",
    run(folder) {
      execFileSync("mkfifo", [join(folder, "adapter_config.json")]);
      return readLora(folder);
    },
  },
  {
    name: "target modules nested 100,000 deep",
    expects: "ERR_FORMAT",
    run: () => lora(`"target_modules": {"a": ${deep}}`),
  },
];
