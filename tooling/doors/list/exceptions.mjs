// Modules that call a parser or read a file, but nothing that a stranger may have written.

const ENCODES = "writes numbers as bytes";
const OWN_TEXT = "decodes what this program has encoded";
const COPIES = "parses what it has itself written as JSON, to copy it";
const SHIPPED = "reads files that the page ships";
const BUILD = "runs when the pages are built or recorded, on the repository's own files";
const SYSTEM = "reads what the operating system tells of processes";

/** The reason by module. */
export const exceptions = {
  "apps/command-line/src/files/output-file.ts":
    "reads what the command itself has written, to pass it on",
  "apps/command-line/src/files/png.ts": "reads a font and a program of installed packages",
  "apps/command-line/src/metrics/metrics-csv.ts": "writes CSV",
  "apps/command-line/src/terminal/stream-writer.ts": "decodes what the program writes",
  "apps/demos/src/bridge/serve-methods.ts": COPIES,
  "apps/demos/src/code/make-models.ts": BUILD,
  "apps/demos/src/code/open-models.ts": SHIPPED,
  "apps/demos/src/code/record.ts": BUILD,
  "apps/demos/src/federated/record.ts": BUILD,
  "apps/demos/src/mixture/probe.ts": "decodes bytes that the model writes",
  "apps/demos/src/mixture/record.ts": BUILD,
  "apps/demos/src/model/record.ts": BUILD,
  "apps/demos/src/purify/record.ts": BUILD,
  "apps/demos/src/shell/open-page.tsx": "reads the data that the page was built with",
  "apps/demos/src/shell/read-from.ts": SHIPPED,
  "apps/demos/src/site/picture-style.ts": BUILD,
  "apps/demos/src/site/read-recorded.ts": BUILD,
  "apps/demos/src/site/recorded-runs.ts": BUILD,
  "apps/demos/src/site/stories.ts": BUILD,
  "apps/demos/src/site/verdicts.ts": BUILD,
  "apps/demos/src/story/tell-story.tsx": SHIPPED,
  "apps/demos/src/watermark/library.ts": SHIPPED,
  "apps/demos/src/watermark/record.ts": BUILD,
  "apps/trainers/src/renode/draw.ts": "reads scripts of installed packages",
  "apps/trainers/src/renode/weights.ts": "writes GEXF; reads a graph that readGraph has taken",
  "packages/coder/src/imports/own-packages.ts":
    "parses the package.json that repositoryFiles has read",
  "packages/coder/src/python/usage.ts": SYSTEM,
  "packages/create-deepgrain/src/write-project.ts": "copies the templates that ship beside it",
  "packages/datasets/src/parsers/encode-npy.ts": ENCODES,
  "packages/datasets/src/parsers/zip-archive.ts": ENCODES,
  "packages/esft/src/adapter/base-fingerprint.ts": ENCODES,
  "packages/fedlt/src/federation/nats/credentials.ts": OWN_TEXT,
  "packages/icl-anchors/src/tiny-models.ts":
    "fetches models that the package ships, beside its own module",
  "packages/lm/src/json-schema/vocabulary.ts": "looks whether a token's bytes are text",
  "packages/lm/src/tokenizer/count-pre-tokens.ts":
    "splits texts that are trained on, with a pattern of its own",
  "packages/lm/src/tokenizer/train-bpe.ts": OWN_TEXT,
  "packages/renode/src/formats/npy.ts": ENCODES,
  "packages/serve/src/endpoints/embeddings.ts": ENCODES,
  "packages/serve/src/ollama/ollama-form.ts":
    "parses the arguments of a call, which a model has written to a schema",
  "packages/support/src/files/copy-file.ts": "copies bytes, of any content",
  "packages/support/src/files/make-folder.ts": "opens a folder, to have its entries written",
  "packages/support/src/files/process-identity.ts": SYSTEM,
  "packages/support/src/hashes/sha256.ts": "hashes bytes, of any content",
  "packages/tensor-gpu/src/files/encode-header.ts": ENCODES,
  "packages/watermark/src/prf/key.ts": ENCODES,
  "packages/watermark/src/schemes/synthid/g-values.ts": ENCODES,
};
