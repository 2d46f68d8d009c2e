/**
 * @file A command line with one command, which prints the address of a module of the package `linked`; another module of it
 * is loaded before, so that Node knows where the package's link leads.
 */
import { isMainThread } from "node:worker_threads";
import { runOnThread } from "@deepgrain/command-line/commands/command-thread";
import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { superviseCommand } from "@deepgrain/command-line/commands/supervise-command";
import * as flags from "@deepgrain/command-line/flags/flags";

/** The address of one of the package's modules. */
const addressOf = async (name: "first" | "second"): Promise<string> =>
  (await import(`linked/${name}.js`)).address;

const second = defineCommand({
  summary: "prints an address",
  description: "Prints the address of the second module.",
  examples: [],
  flags: {
    in: flags.file({ help: "An input" }),
    out: flags.outFile({ help: "An output" }),
  },
  isTraining: true, // which has --config
  run: async (_, { write }) => write(await addressOf("second")),
});

if (isMainThread)
  process.exit(await superviseCommand(new URL(import.meta.url), process.argv.slice(2)));
else {
  await addressOf("first");
  await runOnThread(defineGroup("Addresses.", { second }));
}
