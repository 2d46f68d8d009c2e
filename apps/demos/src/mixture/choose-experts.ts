import { topPExperts } from "@deepgrain/esft";

/** The experts of each layer whose shares sum to p, the best first. @param scores of each layer and expert */
export const chooseExperts = (scores: readonly (readonly number[])[], p: number): number[][] =>
  scores.map((own, layer) => topPExperts(Float64Array.from(own), p, layer).experts);
