import { type ExpertConfig, selectExperts, selectRandomExperts } from "@deepgrain/esft";
import { createRandom } from "@deepgrain/lm";
import type { TuningMethod } from "../../training/tuning-method";
import type { EsftSettings } from "./recipe";
import { type BaseScores, layersOf } from "./score-base";
import { type TaskId, taskIds } from "./tasks";

/** What a method may look at. */
export interface MethodInput {
  settings: EsftSettings;
  scores: BaseScores;
  task: TaskId;
  seed: number;
}

/** One way to fine-tune. */
export interface Method {
  /** Name of its folder. */
  id: string;
  name: string;
  /** Peak learning rate; 0 for no training. */
  rate: number;
  /** What is trained. */
  choose(input: MethodInput): TuningMethod;
}

type Choice = Method["choose"];

const allWeights: Choice = () => ({ kind: "full" });

const factors =
  (rank: number): Choice =>
  () => ({ kind: "lora", rank, alpha: 2 * rank });

function selected({ scores, task }: MethodInput, scoreFunction: "token" | "gate", topP: number) {
  const { token, gate } = scores.find((text) => text.task === task)!;
  const own = { token: layersOf(token), gate: layersOf(gate) };
  return selectExperts(own, { scoreFunction, topP }).config;
}

const experts = (config: ExpertConfig): TuningMethod => ({ kind: "experts", config });

const bestExperts =
  (scoreFunction: "token" | "gate", topP: number): Choice =>
  (input) =>
    experts(selected(input, scoreFunction, topP));

/** As many experts in each layer as ESFT-Token trains, drawn anew for each seed and task. */
const randomExperts: Choice = (input) => {
  const { settings, task, seed } = input;
  const random = createRandom([seed, taskIds.indexOf(task)]).next;
  const like = selected(input, "token", settings.tokenP);
  return experts(selectRandomExperts(like, settings.experts, { random }));
};

/** Id of ESFT-Token with a threshold. */
export const thresholdId = (p: number, { tokenP }: EsftSettings): string =>
  p === tokenP ? "esft-token" : `token-${p}`;

/** Id of LoRA with a rank. */
export const rankId = (rank: number, { loraRank }: EsftSettings): string =>
  rank === loraRank ? "lora" : `lora-${rank}`;

/** The methods of B-3, the untrained model first. */
export function mainMethods(settings: EsftSettings): Method[] {
  const { tokenP, gateP, loraRank, fullRate, loraRate, expertRate: rate } = settings;
  return [
    { id: "vanilla", name: "before", rate: 0, choose: allWeights },
    { id: "full", name: "FFT", rate: fullRate, choose: allWeights },
    { id: "lora", name: "LoRA", rate: loraRate, choose: factors(loraRank) },
    { id: "esft-token", name: "ESFT-Token", rate, choose: bestExperts("token", tokenP) },
    { id: "esft-gate", name: "ESFT-Gate", rate, choose: bestExperts("gate", gateP) },
    { id: "random", name: "random experts", rate, choose: randomExperts },
  ];
}

const inOrder = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

/** Thresholds and ranks of B-5 in ascending order, those of B-3 included. */
export const sweepsOf = ({ sweepP, tokenP, sweepRanks, loraRank }: EsftSettings) => ({
  thresholds: inOrder([...sweepP, tokenP]),
  ranks: inOrder([...sweepRanks, loraRank]),
});

/** The further methods of B-5. */
export function sweepMethods(settings: EsftSettings): Method[] {
  const { sweepP, sweepRanks, tokenP, loraRank, loraRate, expertRate } = settings;
  const thresholds = sweepP
    .filter((p) => p !== tokenP)
    .map((p) => ({
      ...{ id: thresholdId(p, settings), name: `ESFT-Token, p = ${p}`, rate: expertRate },
      choose: bestExperts("token", p),
    }));
  const ranks = sweepRanks
    .filter((rank) => rank !== loraRank)
    .map((rank) => ({
      ...{ id: rankId(rank, settings), name: `LoRA, rank ${rank}`, rate: loraRate },
      choose: factors(rank),
    }));
  return [...thresholds, ...ranks];
}

/** The methods whose costs are compared. */
export const timedMethods: readonly string[] = ["full", "lora", "esft-token", "esft-gate"];
