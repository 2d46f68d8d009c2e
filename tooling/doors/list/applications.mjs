// The doors of applications: what commands and pages read of what a stranger may have written, as in packages.mjs.

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
  },
  {
    door: "jsonRows",
    in: "apps/command-line",
    reads: ["files/json-rows.ts"],
  },
  {
    door: "readFileRows",
    in: "apps/command-line",
    reads: ["files/read-file-rows.ts"],
  },
  {
    door: "readLabelledTexts",
    in: "apps/command-line",
    reads: ["files/labelled-texts.ts"],
  },
  {
    door: "readSecretJson",
    in: "apps/command-line",
    reads: ["files/secret-files.ts"],
  },
  {
    door: "textDocuments",
    in: "apps/command-line",
    reads: ["files/text-documents.ts"],
  },
  {
    door: "openQueue",
    in: "apps/command-line",
    reads: ["runs/queue-server.ts"],
  },
  {
    door: "tellUnknownKeys",
    in: "apps/command-line",
    reads: ["commands/unknown-keys.ts"],
  },
  {
    door: "runAlign",
    in: "apps/command-line",
    reads: ["trainings/prepare-align.ts"],
    noGenerator:
      "its rows are read by parsePreferences, its model by loadModel and loadTokenizer; what is left is a training",
  },

  // Records of runs
  { door: "parseRecord", in: "apps/command-line", reads: ["metrics/metrics-log.ts"] },
  {
    door: "readRunRecord",
    in: "apps/command-line",
    reads: ["runs/run-record.ts"],
  },
  {
    door: "resumeRows",
    in: "apps/command-line",
    reads: ["files/resumed-rows.ts"],
  },
  {
    door: "runStages",
    in: "apps/command-line",
    reads: [],
  },
  {
    door: "ownProcesses",
    in: "apps/command-line",
    reads: ["runs/own-processes.ts"],
  },
  {
    door: "checkClaim",
    in: "apps/command-line",
    reads: ["runs/claim-folder.ts", "runs/model-card.ts"],
  },
  {
    door: "watchRuns",
    in: "apps/watch",
    reads: ["open-inside.ts", "watch-handler.ts", "watched-runs.ts"],
  },
  {
    door: "exportRuns",
    in: "apps/trainers",
    reads: ["runs/export.ts"],
  },

  // Commands
  {
    door: "endpointSource",
    in: "apps/trainers",
    reads: ["lm/endpoint-source.ts", "lm/streamed-calls.ts"],
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
  },
  {
    door: "repositoryFiles",
    in: "apps/trainers",
    reads: ["coder/document-rows.ts", "coder/repository-files.ts"],
  },
  {
    door: "openTasks",
    in: "apps/trainers",
    reads: ["coder/completion-source.ts", "coder/task-file.ts"],
  },
  {
    door: "rolloutFile",
    in: "apps/trainers",
    reads: ["coder/evaluate.ts", "coder/rollout-file.ts"],
  },
  {
    door: "evaluate",
    in: "apps/trainers",
    reads: ["lm/evaluate.ts"],
  },
  {
    door: "clientLine",
    in: "apps/trainers",
    reads: ["fedlt/client-line.ts"],
  },
  {
    door: "compareStudy",
    in: "apps/trainers",
    reads: ["compare/compare-study.ts"],
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
  },
  {
    door: "splitText",
    in: "apps/demos",
    reads: ["mixture/text.ts"],
  },
  {
    door: "readLesson",
    in: "apps/demos",
    reads: ["lesson/read-lesson.ts"],
  },
  {
    door: "askAddress",
    in: "apps/demos",
    reads: ["model/ask-address.ts"],
    noGenerator:
      "it sends requests to addresses that the visitor has seen; what comes is read by openSource, loadModel and loadTokenizer",
  },
];
