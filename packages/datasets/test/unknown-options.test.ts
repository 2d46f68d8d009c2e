import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  cifarImages: 1,
  collect: 1,
  compilerMessages: 1,
  gsm8k: 1,
  idxImages: 1,
  jsonlFile: 1,
  licenceTexts: 0,
  mnist: 0,
  mobyDick: 0,
  ogbSplit: 1,
  planetoid: 1,
  pronunciations: 0,
  sotu: 0,
  sourceCode: 1,
  trainValidationSplit: 1,
  wordnetGlosses: 0,
  wordnetNounClasses: 0,
  wordnetNounGraph: 0,
  encodeNpzGraph: 1,
  jsonlRecords: 1,
  parseCsv: 1,
  parseTsv: 1,
  parseJsonl: 1,
});
