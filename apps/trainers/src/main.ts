import { isMainThread } from "node:worker_threads";
import { runOnThread, superviseCommand } from "./cli/command-thread";
import { deepgrain } from "./commands";

if (isMainThread)
  process.exit(await superviseCommand(new URL(import.meta.url), process.argv.slice(2)));
else await runOnThread(deepgrain);
