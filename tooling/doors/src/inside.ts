/** @file Doors that a package keeps inside: peers and servers reach them over a connection, which generated inputs do without. */
// @boundaries-ignore a door inside the application
export { withConfigFile } from "../../../apps/command-line/src/configuration/config-file";
// @boundaries-ignore what the door reads: flags
export * as flagKinds from "../../../apps/command-line/src/flags/flags";
// @boundaries-ignore a door inside the application
export { parseRecord } from "../../../apps/command-line/src/metrics/metrics-log";
// @boundaries-ignore a door inside the application
export { parseGraph } from "../../../apps/demos/src/graph/parse-graph";
// @boundaries-ignore a door inside the application
export { readLesson } from "../../../apps/demos/src/lesson/read-lesson";
// @boundaries-ignore a door inside the application
export { parseOfficialConfig } from "../../../apps/trainers/src/esft/train-settings";
// @boundaries-ignore a door inside the application
export { readGraph } from "../../../apps/trainers/src/renode/graphs/read-graph";
// @boundaries-ignore writes arrays, for a door of the package
export { encodeNpy as encodeArray } from "../../../packages/datasets/src/parsers/encode-npy";
// @boundaries-ignore writes archives, for a door of the package
export { zipArchive } from "../../../packages/datasets/src/parsers/zip-archive";
// @boundaries-ignore a door inside the package
export { decodeCheckpoint } from "../../../packages/fedlt/src/federation/runtime/checkpoint-file";
// @boundaries-ignore a door inside the package
export {
  checkHeader,
  decodeUpdate,
  encodeUpdate,
} from "../../../packages/fedlt/src/federation/runtime/messages";
// @boundaries-ignore a door inside the package
export { decodeNpy, encodeNpy } from "../../../packages/fedlt/src/federation/tensors/npy";
// @boundaries-ignore a door inside the package
export { decodeSafetensors } from "../../../packages/fedlt/src/federation/tensors/safetensors";
// @boundaries-ignore a door inside the package
export { fetchHubFolder } from "../../../packages/lm/src/hub/hub-folder";
// @boundaries-ignore what the door takes: settings
export { hubSettings } from "../../../packages/lm/src/hub/hub-settings";
// @boundaries-ignore what the door takes: a source
export { parseHubSource } from "../../../packages/lm/src/hub/hub-source";
// @boundaries-ignore a door inside the package
export { parseTemplate, renderTemplate } from "../../../packages/lm/src/tokenizer/bounded-template";
// @boundaries-ignore a door inside the package
export { readAnnotationJob } from "../../../packages/prm/src/bullmq/annotation-job";
// @boundaries-ignore a door inside the package
export { chatFields } from "../../../packages/serve/src/fields/chat-fields";
// @boundaries-ignore a door inside the package
export { completionFields } from "../../../packages/serve/src/fields/completion-fields";
// @boundaries-ignore a door inside the package
export { embeddingFields } from "../../../packages/serve/src/fields/embedding-fields";
// @boundaries-ignore what these doors take: fields
export { fieldsOf } from "../../../packages/serve/src/fields/fields";
// @boundaries-ignore a door inside the package
export { readJson } from "../../../packages/serve/src/http/read-json";
// @boundaries-ignore a door inside the package
export { infillFields } from "../../../packages/serve/src/infill/infill-fields";
// @boundaries-ignore a door inside the package
export { ollamaChatFields } from "../../../packages/serve/src/ollama/chat";
// @boundaries-ignore a door inside the package
export { ollamaEmbedFields } from "../../../packages/serve/src/ollama/embed";
// @boundaries-ignore a door inside the package
export { ollamaGenerateFields } from "../../../packages/serve/src/ollama/generate";
// @boundaries-ignore a door inside the package
export { responseFields } from "../../../packages/serve/src/responses/response-fields";
