export { cifarImages } from "./cifar-images";
export { collect } from "./collect";
export {
  type CompilerLanguage,
  type CompilerMessage,
  compilerLanguages,
  compilerMessages,
} from "./compiler-messages";
export { gsm8k } from "./gsm8k";
export { idxImages } from "./idx-images";
export { jsonlFile } from "./jsonl-file";
export { type LicenceText, licenceTexts } from "./licence-texts";
export { mnist } from "./mnist";
export { mobyDick } from "./moby-dick";
export { ogbSplit } from "./ogb-split";
export * from "./parsers/index";
export { planetoid } from "./planetoid";
export { type Pronunciation, pronunciations } from "./pronunciations";
export { type SotuAddress, sotu } from "./sotu";
export { type SourceFile, sourceCode } from "./source-code";
export { sourceLanguages } from "./source-languages";
export { type Source, sources } from "./sources";
export { trainValidationSplit } from "./train-validation-split";
export { type PartOfSpeech, type WordnetGloss, wordnetGlosses } from "./wordnet/wordnet-glosses";
export {
  type WordnetNoun,
  wordnetNounClasses,
  wordnetNounClassNames,
} from "./wordnet/wordnet-noun-classes";
export {
  type WordnetNounGraph,
  type WordnetRelation,
  wordnetNounGraph,
  wordnetRelations,
} from "./wordnet/wordnet-noun-graph";
