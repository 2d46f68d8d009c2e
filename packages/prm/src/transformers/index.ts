/**
 * Completers and scorers from models of transformers.js, which the caller passes in.
 *
 * @packageDocumentation
 */
export { transformersCompleter } from "./transformers-completer";
export { transformersScorer } from "./transformers-scorer";
