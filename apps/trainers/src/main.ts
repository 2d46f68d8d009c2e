import { isMainThread } from "node:worker_threads";
import { runOnThread, superviseCommand } from "@deepgrain/command-line/commands/command-thread";
import packageJson from "../package.json" with { type: "json" };
import { deepgrain } from "./commands";

if (isMainThread)
  process.exit(await superviseCommand(new URL(import.meta.url), process.argv.slice(2)));
else await runOnThread(deepgrain, packageJson.peerDependencies);
