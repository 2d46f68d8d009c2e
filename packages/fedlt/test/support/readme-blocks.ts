/** @file The README's blocks of code and what they say they print. */
import { readFileSync } from "node:fs";

/** One block: its code, the comments after its calls of `console.log`, and whether it starts a broker. */
export interface ReadmeBlock {
  readonly code: string;
  readonly prints: readonly string[];
  readonly needsBroker: boolean;
}

export function readmeBlocks(): ReadmeBlock[] {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  return [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => ({
    code: code!,
    prints: [...code!.matchAll(/^console\.log.*\/\/ (.*)$/gm)].map(([, line]) => line!),
    needsBroker: code!.startsWith("// needs nats-server"),
  }));
}
