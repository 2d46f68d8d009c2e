import { selectExperts, selectRandomExperts } from "@deepgrain/esft";
import { createRandom } from "@deepgrain/lm";
import type { TuningMethod } from "../../training/tuning-method";
import type { SeedRun } from "./comparison-data";
import { type TaskId, taskIds } from "./corpora";
import type { EsftSettings } from "./recipe";
import { type BaseScores, layersOf } from "./score-base";

/** What a fine-tuning on a task works on. */
export interface TuningRun extends SeedRun {
  scores: BaseScores;
  task: TaskId;
}

/** One way to fine-tune, as data. */
export interface Method {
  /** Names its folder. */
  id: string;
  name: string;
  /** Peak learning rate; 0 for no training. */
  rate: number;
  /** All weights, factors of a rank, the experts that cover a share of a score, or as many as ESFT-Token's at random. */
  trains: "all" | "random" | { rank: number } | { score: "token" | "gate"; p: number };
}

/** What a method trains of a base model. */
export function tuningOf({ trains }: Method, run: TuningRun): TuningMethod {
  const { settings, scores, task, seed } = run;
  if (trains === "all") return { kind: "full" };
  if (typeof trains === "object" && "rank" in trains)
    return { kind: "lora", rank: trains.rank, alpha: 2 * trains.rank };
  const { score: scoreFunction, p: topP } =
    trains === "random" ? ({ score: "token", p: settings.tokenP } as const) : trains;
  const { token, gate } = scores.find((text) => text.task === task)!;
  const own = { token: layersOf(token), gate: layersOf(gate) };
  const { config } = selectExperts(own, { scoreFunction, topP });
  if (trains !== "random") return { kind: "experts", config };
  // Drawn anew for each seed and task.
  const random = createRandom([seed, taskIds.indexOf(task)]).next;
  return { kind: "experts", config: selectRandomExperts(config, settings.experts, { random }) };
}

/** Id of ESFT-Token with a threshold. */
export const thresholdId = (p: number, { tokenP }: EsftSettings): string =>
  p === tokenP ? "esft-token" : `token-${p}`;

/** Id of LoRA with a rank. */
export const rankId = (rank: number, { loraRank }: EsftSettings): string =>
  rank === loraRank ? "lora" : `lora-${rank}`;

/** Names of the methods of B-3. */
export const methodNames = {
  vanilla: "before",
  full: "FFT",
  lora: "LoRA",
  "esft-token": "ESFT-Token",
  "esft-gate": "ESFT-Gate",
  random: "random experts",
} as const;

export type MethodId = keyof typeof methodNames;

const method = (id: string, name: string, rate: number, trains: Method["trains"]): Method => ({
  ...{ id, name, rate, trains },
});

/** The methods of B-3, the untrained model first. */
export function mainMethods(settings: EsftSettings): Method[] {
  const { tokenP, gateP, loraRank, fullRate, loraRate, expertRate } = settings;
  const main = (id: MethodId, rate: number, trains: Method["trains"]) =>
    method(id, methodNames[id], rate, trains);
  return [
    main("vanilla", 0, "all"),
    main("full", fullRate, "all"),
    main("lora", loraRate, { rank: loraRank }),
    main("esft-token", expertRate, { score: "token", p: tokenP }),
    main("esft-gate", expertRate, { score: "gate", p: gateP }),
    main("random", expertRate, "random"),
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
  const { sweepP, sweepRanks, loraRate, expertRate } = settings;
  const esft = (p: number) =>
    method(thresholdId(p, settings), `ESFT-Token, p = ${p}`, expertRate, { score: "token", p });
  const lora = (rank: number) =>
    method(rankId(rank, settings), `LoRA, rank ${rank}`, loraRate, { rank });
  const all = [...sweepP.map(esft), ...sweepRanks.map(lora)];
  return all.filter(({ id }) => !(id in methodNames));
}

/** The methods whose costs are compared. */
export const timedMethods: readonly string[] = ["full", "lora", "esft-token", "esft-gate"];
