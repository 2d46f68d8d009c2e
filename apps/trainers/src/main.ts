import { isMainThread } from "node:worker_threads";
import { asksForText } from "@deepgrain/command-line/commands/asks-for-text";

// Each thread loads only its own part.
if (isMainThread) {
  const args = process.argv.slice(2);
  process.exit((await answer(args)) ?? (await supervise(args)));
} else {
  const { runOnThread } = await import("@deepgrain/command-line/commands/command-thread");
  const { deepgrain } = await import("./commands");
  const { default: packageJson } = await import("../package.json", { with: { type: "json" } });
  await runOnThread(deepgrain, packageJson.peerDependencies);
}

/** Help, version and completion; undefined for everything else. */
async function answer(args: readonly string[]): Promise<number | undefined> {
  if (!asksForText(args)) return undefined;
  const { answerAtOnce } = await import("@deepgrain/command-line/commands/answer-at-once");
  const { deepgrain } = await import("./commands");
  return answerAtOnce(deepgrain, args);
}

async function supervise(args: readonly string[]): Promise<number> {
  const { superviseCommand } = await import("@deepgrain/command-line/commands/supervise-command");
  return superviseCommand(new URL(import.meta.url), args);
}
