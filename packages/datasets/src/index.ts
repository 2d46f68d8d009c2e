export { type ColourImage, cifarImages } from "./cifar-images";
export { type CollectOptions, collect } from "./collect";
export {
  type CompilerLanguage,
  type CompilerMessage,
  compilerLanguages,
  compilerMessages,
} from "./compiler-messages";
export { gsm8k } from "./gsm8k";
export { idxImages } from "./idx-images";
export { type JsonlFileOptions, jsonlFile } from "./jsonl-file";
export {
  type LicenceModule,
  type LicenceText,
  type LicenceTextsOptions,
  licenceTexts,
} from "./licence-texts";
export { mnist } from "./mnist";
export { type MobyDickPart, mobyDick } from "./moby-dick";
export type { LoadOptions } from "./package-folder";
export * from "./parsers/index";
export { planetoid } from "./planetoid";
export {
  type Pronunciation,
  type PronunciationModule,
  type PronunciationsOptions,
  pronunciations,
} from "./pronunciations";
export { type SotuAddress, sotu } from "./sotu";
export { type SourceCodeOptions, type SourceFile, sourceCode } from "./source-code";
export { sourceLanguages } from "./source-languages";
export { type Source, sources } from "./sources";
export { type TrainValidationSplitOptions, trainValidationSplit } from "./train-validation-split";
export { type LexicographerFile, lexicographerFiles } from "./wordnet/lexicographer-files";
export {
  type PartOfSpeech,
  type WordnetGloss,
  type WordnetGlossesOptions,
  wordnetGlosses,
} from "./wordnet/wordnet-glosses";
export {
  type WordnetNoun,
  wordnetNounClasses,
  wordnetNounClassNames,
} from "./wordnet/wordnet-noun-classes";
export {
  type WordnetNounGraph,
  type WordnetNounGraphOptions,
  type WordnetRelation,
  wordnetNounGraph,
  wordnetRelations,
} from "./wordnet/wordnet-noun-graph";
