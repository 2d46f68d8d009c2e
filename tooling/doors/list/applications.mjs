// The doors of applications: what commands and pages read of what a stranger may have written, as in packages.mjs.

const FILE_ONLY =
  "it takes a path; its rows are read as JSON, line by line, as by parseJsonl of datasets";
const OWN_FOLDER = "a record that the program itself wrote, whose folder is the user's to protect";

/** @type {readonly import("../src/door").Door[]} */
export const applicationDoors = [
  // Every command
  {
    door: "withConfigFile",
    in: "apps/command-line",
    reads: ["configuration/config-file.ts", "configuration/yaml-pairs.ts"],
  },
  {
    door: "withInputFile",
    in: "apps/command-line",
    reads: ["commands/command-thread.ts", "files/input-file.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "jsonRows",
    in: "apps/command-line",
    reads: ["files/json-rows.ts"],
    noGenerator: "each command has a form of its own for its rows, which zod checks",
  },
  {
    door: "readFileRows",
    in: "apps/command-line",
    reads: ["files/read-file-rows.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "readLabelledTexts",
    in: "apps/command-line",
    reads: ["files/labelled-texts.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "readSecretJson",
    in: "apps/command-line",
    reads: ["files/secret-files.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "textDocuments",
    in: "apps/command-line",
    reads: ["files/text-documents.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "openQueue",
    in: "apps/command-line",
    reads: ["runs/queue-server.ts"],
    noGenerator: "one line, an address, is read",
  },
  {
    door: "tellUnknownKeys",
    in: "apps/command-line",
    reads: ["commands/unknown-keys.ts"],
    noGenerator: "it reads again what parseConfig of lm has taken",
  },
  {
    door: "runAlign",
    in: "apps/command-line",
    reads: ["trainings/prepare-align.ts"],
    noGenerator: "its rows are read by parsePreferences of align",
  },

  // Records of runs
  { door: "parseRecord", in: "apps/command-line", reads: ["metrics/metrics-log.ts"] },
  {
    door: "readRunRecord",
    in: "apps/command-line",
    reads: ["runs/run-record.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "resumeRows",
    in: "apps/command-line",
    reads: ["files/resumed-rows.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "runStages",
    in: "apps/command-line",
    reads: ["runs/run-stages.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "ownProcesses",
    in: "apps/command-line",
    reads: ["runs/own-processes.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "checkClaim",
    in: "apps/command-line",
    reads: ["runs/claim-folder.ts", "runs/model-card.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "watchRuns",
    in: "apps/watch",
    reads: ["open-inside.ts", "watch-handler.ts", "watched-runs.ts"],
    noGenerator: "it follows files as they grow; its lines are those of parseRecord",
  },
  {
    door: "exportRuns",
    in: "apps/trainers",
    reads: ["runs/export.ts"],
    noGenerator: "its lines are those of parseRecord",
  },

  // Commands
  {
    door: "endpointSource",
    in: "apps/trainers",
    reads: ["lm/endpoint-source.ts"],
    noGenerator: "it needs a server, which its tests start",
  },
  {
    door: "readGraph",
    in: "apps/trainers",
    reads: [
      "renode/graphs/array-graphs.ts",
      "renode/graphs/edge-list.ts",
      "renode/graphs/graph-text.ts",
      "renode/graphs/read-graph.ts",
    ],
  },
  {
    door: "readTrainSettings",
    in: "apps/trainers",
    reads: ["esft/train-data.ts", "esft/train-settings.ts"],
  },
  {
    door: "fitOf",
    in: "apps/trainers",
    reads: ["scaling-laws/plan.ts", "scaling-laws/read-runs.ts"],
    noGenerator: "its tables are read by parseRuns and parseLaw of scaling-laws",
  },
  {
    door: "repositoryFiles",
    in: "apps/trainers",
    reads: ["coder/document-rows.ts", "coder/repository-files.ts"],
    noGenerator: "it takes a folder, whose files are read as text",
  },
  {
    door: "openTasks",
    in: "apps/trainers",
    reads: ["coder/completion-source.ts", "coder/task-file.ts"],
    noGenerator: "its rows are read by readTasks of coder",
  },
  {
    door: "rolloutFile",
    in: "apps/trainers",
    reads: ["coder/evaluate.ts", "coder/rollout-file.ts"],
    noGenerator: OWN_FOLDER,
  },
  {
    door: "evaluate",
    in: "apps/trainers",
    reads: ["lm/evaluate.ts"],
    noGenerator: FILE_ONLY,
  },
  {
    door: "clientLine",
    in: "apps/trainers",
    reads: ["fedlt/client-line.ts"],
    noGenerator: "it reads a certificate that the user names, to quote it",
  },
  {
    door: "compareStudy",
    in: "apps/trainers",
    reads: ["compare/compare-study.ts"],
    noGenerator: OWN_FOLDER,
  },

  // Pages: a visitor's own files
  {
    door: "parseGraph",
    in: "apps/demos",
    reads: ["graph/parse-graph.ts", "graph/read-json.ts"],
  },
  {
    door: "readTable",
    in: "apps/demos",
    reads: ["scaling/actions.ts", "scaling/table.ts"],
    noGenerator: "its tables are read by parseRuns of scaling-laws",
  },
  {
    door: "splitText",
    in: "apps/demos",
    reads: ["mixture/text.ts"],
    noGenerator: "bytes are cut into pieces, not parsed",
  },
  {
    door: "askAddress",
    in: "apps/demos",
    reads: ["model/ask-address.ts"],
    noGenerator: "it only sends requests; what comes is read by openSource of tensor-gpu",
  },
];
