/**
 * An offline world of word problems whose every step is known, its solvers, and a reward model without tensors.
 *
 * @packageDocumentation
 */
export { chainProblem } from "./chain-problem";
export { generateProblem } from "./generate-problem";
export { ngramScorer, trainNgramPrm } from "./ngram-prm";
export { constantSolver, noisySolver } from "./solvers";
export { firstWrongStep } from "./step-truth";
export type { WordProblem } from "./word-problem";
export { worldTokenizer } from "./world-tokenizer";
