/**
 * Parsers of data files alone, without the data sets.
 *
 * @packageDocumentation
 */
export { DatasetsError, type DatasetsErrorCode } from "../errors";
export { type EncodeNpzOptions, encodeNpzGraph, type NpzGraphInput } from "./encode-npz-graph";
export { jsonlRecords } from "./jsonl-records";
export { type LabelledImage, labelledImages } from "./labelled-images";
export { parseCsv, parseTsv } from "./parse-csv";
export { type Gsm8kProblem, parseGsm8k, parseGsm8kRecord } from "./parse-gsm8k";
export { type IdxArray, parseIdx } from "./parse-idx";
export { parseJsonl } from "./parse-jsonl";
export { type NpzGraph, parseNpzGraph } from "./parse-npz-graph";
export { type CitationGraph, type NodeSplit, parsePlanetoid } from "./parse-planetoid";
export { denseMatrix } from "./sparse-binary-matrix";
