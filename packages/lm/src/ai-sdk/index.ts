/**
 * Local models as language, embedding and reranking models of the Vercel AI SDK.
 *
 * @packageDocumentation
 */
export { deepgrain } from "./deepgrain";
export { embeddingModel } from "./embedding-model";
export { rerankingModel } from "./reranking-model";
