/** @file Completers and scorers from models of transformers.js, which the caller passes in. */
export {
  type SeededRandom,
  type TextGenerator,
  type TransformersCompleterOptions,
  transformersCompleter,
} from "./transformers-completer";
export {
  type TokenClassifier,
  type TransformersScorerOptions,
  transformersScorer,
} from "./transformers-scorer";
