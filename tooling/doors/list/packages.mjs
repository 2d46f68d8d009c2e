// The doors of packages: exported functions that read what a stranger may have written, with the modules that do the reading.
// `reads` lists these modules below the package's `src`; SECURITY.md says what bounds each door, and which test shows it.
// `noGenerator` says why a door has no generated inputs.

/** @type {readonly import("../src/door").Door[]} */
export const packageDoors = [
  // Weights
  { door: "openSafetensors", in: "packages/tensor-gpu", reads: ["files/safetensors-header.ts"] },
  { door: "openCheckpoint", in: "packages/tensor-gpu", reads: ["files/safetensors-index.ts"] },
  { door: "openGguf", in: "packages/tensor-gpu", reads: ["files/gguf-cursor.ts"] },
  { door: "readLlama2c", in: "packages/tensor-gpu", reads: ["files/read-llama2c.ts"] },
  {
    door: "readLlama2cTokenizer",
    in: "packages/tensor-gpu",
    reads: ["files/read-llama2c-tokenizer.ts"],
  },
  {
    door: "openSource",
    in: "packages/tensor-gpu",
    reads: ["files/file-source.ts", "files/http-source.ts"],
  },

  // Models
  { door: "parseConfig", in: "packages/lm", reads: [] },
  {
    door: "loadModel",
    in: "packages/lm",
    reads: ["text-files.ts", "files/embedding-settings.ts"],
  },
  {
    door: "createTokenizer",
    in: "packages/lm",
    reads: [
      "tokenizer/create-tokenizer.ts",
      "tokenizer/linear-engine.ts",
      "tokenizer/encoding/byte-words.ts",
      "tokenizer/encoding/pre-tokens.ts",
      "tokenizer/encoding/token-sizes.ts",
      "tokenizer/encoding/word-tokens.ts",
    ],
  },
  {
    door: "renderTemplate",
    in: "packages/lm",
    reads: ["tokenizer/bounded-template.ts", "tokenizer/template-slices.ts"],
  },
  {
    door: "loadTokenizer",
    in: "packages/lm",
    reads: ["tokenizer/llama2c-tokenizer-json.ts"],
  },
  { door: "jsonSchema", in: "packages/lm", reads: ["json-schema/compile-schema.ts"] },
  { door: "openTools", in: "packages/lm", reads: ["tools/tool-messages.ts"] },
  {
    door: "readLora",
    in: "packages/lm",
    reads: ["lora/json-object.ts"],
  },
  {
    door: "hubFolder",
    in: "packages/lm",
    reads: [
      "hub/checked-answers.ts",
      "hub/folder-cache.ts",
      "hub/hub-fetch.ts",
      "hub/path-cache.ts",
    ],
  },
  {
    door: "endpointScorer",
    in: "packages/lm",
    reads: ["evaluation/endpoint-scorer.ts"],
  },

  // Data
  { door: "parsePreferences", in: "packages/align", reads: ["data/rows.ts"] },
  {
    door: "readTasks",
    in: "packages/coder",
    reads: ["tasks/raw-field.ts", "tasks/read-tasks.ts"],
  },
  {
    door: "evaluateTasks",
    in: "packages/coder",
    reads: ["tasks/evaluation-journal.ts"],
  },
  {
    door: "createPythonSandbox",
    in: "packages/coder",
    reads: [
      "python/check-answer.ts",
      "python/child/child.ts",
      "python/interpreter-pool.ts",
      "python/judge-sample.ts",
      "python/sample-runner.ts",
    ],
  },
  {
    door: "jsonlFile",
    in: "packages/datasets",
    reads: ["jsonl-file.ts", "read-bytes.ts"],
  },
  { door: "jsonlRecords", in: "packages/datasets", reads: ["parsers/jsonl-records.ts"] },
  { door: "parseJsonl", in: "packages/datasets", reads: ["parsers/parse-jsonl.ts"] },
  {
    door: "parseCsv",
    in: "packages/datasets",
    reads: ["parsers/parse-csv.ts", "parsers/text-of.ts"],
  },
  { door: "parseIdx", in: "packages/datasets", reads: ["parsers/parse-idx.ts"] },
  {
    door: "parseNpzGraph",
    in: "packages/datasets",
    reads: ["parsers/parse-npy.ts", "parsers/zip-entries.ts"],
  },
  { door: "parsePlanetoid", in: "packages/datasets", reads: ["parsers/parse-planetoid.ts"] },
  {
    door: "sourceCode",
    in: "packages/datasets",
    reads: ["source-code.ts"],
  },
  {
    door: "openAdapter",
    in: "packages/esft",
    reads: ["adapter/open-adapter.ts", "files/text-files.ts"],
  },
  { door: "parseExpertConfig", in: "packages/esft", reads: ["files/json-object.ts"] },
  { door: "parseTrainRecords", in: "packages/esft", reads: ["formats/task-data.ts"] },
  {
    door: "readTaskFile",
    in: "packages/esft",
    reads: ["formats/task-file.ts", "formats/task-samples.ts"],
  },
  { door: "intentMatch", in: "packages/esft", reads: ["metrics/intent-match.ts"] },

  // Federations
  {
    door: "joinLink",
    in: "packages/fedlt",
    reads: [
      "federation/links/join-link.ts",
      "federation/links/keys.ts",
      "federation/links/open-link.ts",
    ],
  },
  {
    door: "folderJournal",
    in: "packages/fedlt",
    reads: ["federation/node/folder-journal.ts"],
  },
  {
    door: "personalFolder",
    in: "packages/fedlt",
    reads: ["federation/node/personal-folder.ts"],
  },
  {
    door: "decodeCheckpoint",
    in: "packages/fedlt",
    reads: ["federation/runtime/checkpoint-file.ts"],
  },
  { door: "decodeUpdate", in: "packages/fedlt", reads: ["federation/runtime/messages.ts"] },
  { door: "decodeNpy", in: "packages/fedlt", reads: ["federation/tensors/npy.ts"] },
  { door: "decodeSafetensors", in: "packages/fedlt", reads: ["federation/tensors/safetensors.ts"] },
  {
    door: "greeter",
    in: "packages/fedlt",
    reads: ["federation/websocket/greeting.ts"],
  },

  // Judges, runs, servers
  {
    door: "openAiCompleter",
    in: "packages/prm",
    reads: [
      "completers/parse-json.ts",
      "completers/response-body.ts",
      "completers/server-sent-events.ts",
    ],
  },
  {
    door: "openJournal",
    in: "packages/prm",
    reads: ["annotate/append-lines.ts", "annotate/journal.ts"],
  },
  {
    door: "readRows",
    in: "packages/prm",
    reads: ["formats/read-rows.ts", "formats/text-lines.ts"],
  },
  {
    door: "loadStepRewardModel",
    in: "packages/prm",
    reads: ["lm/qwen-prm.ts", "lm/reward-files.ts"],
  },
  { door: "readAnnotationJob", in: "packages/prm", reads: [] },
  { door: "parseLaw", in: "packages/scaling-laws", reads: ["law/parse-law.ts"] },
  { door: "runFromFolder", in: "packages/scaling-laws", reads: ["runs/metrics-folder.ts"] },
  { door: "parseRuns", in: "packages/scaling-laws", reads: ["runs/parse-runs.ts"] },
  {
    door: "createHandler",
    in: "packages/serve",
    reads: ["http/duplicate-key.ts", "http/read-json.ts"],
  },
  { door: "chatFields", in: "packages/serve", reads: [] },
  { door: "completionFields", in: "packages/serve", reads: [] },
  { door: "embeddingFields", in: "packages/serve", reads: [] },
  { door: "responseFields", in: "packages/serve", reads: [] },
  { door: "infillFields", in: "packages/serve", reads: [] },
  { door: "ollamaChatFields", in: "packages/serve", reads: [] },
  { door: "ollamaGenerateFields", in: "packages/serve", reads: [] },
  { door: "ollamaEmbedFields", in: "packages/serve", reads: [] },
  {
    door: "spelledCodec",
    in: "packages/watermark",
    reads: ["codec/spelled-codec.ts"],
  },
  {
    door: "textCodec",
    in: "packages/watermark",
    reads: ["codec/payload-codec.ts"],
  },
  { door: "readProfile", in: "packages/watermark", reads: [] },

  // Records in folders
  {
    door: "runStudy",
    in: "packages/lab",
    reads: ["run/run-file.ts", "run/study-folder.ts"],
  },
  {
    door: "filesIn",
    in: "packages/support",
    reads: ["files/folder/handle-files.ts"],
  },
  {
    door: "acquireLock",
    in: "packages/support",
    reads: ["files/lock.ts"],
  },
  {
    door: "listCheckpoints",
    in: "packages/trainer",
    reads: ["checkpoint/folders.ts"],
  },
];
