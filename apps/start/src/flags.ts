import * as flags from "@deepgrain/command-line/flags/flags";
import { checkedTaskIds } from "@deepgrain/studies/shared/tasks/checked-task-ids";
import { presets } from "./job-config";

/** The folder that holds the runs, unless another is given. */
export const DEFAULT_RUNS = "runs";

/** Which run is begun or gone on with. */
export const runFlags = {
  quick: flags.flag({
    help: "A smoke test: every stage within a minute on two cores, too little to judge by",
  }),
  name: flags.text({ hint: "name", help: "Name of the run's folder; main, main-2, … by default" }),
  seed: flags.optional(flags.whole({ default: 0, help: "Same seed, same result" })),
  task: flags.choice(checkedTaskIds, {
    hint: "name",
    help: `Task to specialise on: ${checkedTaskIds.join(" or ")}; ${presets.default.task.id} by default`,
  }),
  settings: flags.file({
    help: "JSON that replaces fields of the preset; see any run's config.json",
  }),
  runs: flags.folder({ default: DEFAULT_RUNS, isMade: true, help: "Folder that holds the runs" }),
};

/** The flags of `start`. */
export const startFlags = {
  ...runFlags,
  resume: flags.flag({
    help: "Resume the most recent unfinished run, or the one that --name gives",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};
