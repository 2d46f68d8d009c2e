export { DatasetsError, type DatasetsErrorCode } from "../errors";
export { jsonlRecords, type TextChunks } from "./jsonl-records";
export { type LabelledImage, labelledImages } from "./labelled-images";
export { type CsvOptions, parseCsv, parseTsv, type TableOptions } from "./parse-csv";
export {
  type Gsm8kCalculation,
  type Gsm8kProblem,
  type Gsm8kStep,
  parseGsm8k,
  parseGsm8kRecord,
} from "./parse-gsm8k";
export { type IdxArray, parseIdx } from "./parse-idx";
export { type JsonlOptions, parseJsonl } from "./parse-jsonl";
export {
  type CitationGraph,
  type NodeSplit,
  type PlanetoidFiles,
  parsePlanetoid,
} from "./parse-planetoid";
export { denseMatrix, type SparseBinaryMatrix } from "./sparse-binary-matrix";
