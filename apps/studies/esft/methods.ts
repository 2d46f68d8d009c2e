import type { TuningMethod } from "@deepgrain/esft";
import { type SelectOptions, selectExperts, selectRandomExperts } from "@deepgrain/esft";
import { createRandom } from "@deepgrain/lm";
import { layersOf } from "../shared/layer-rows";
import { type TaskId, taskIds } from "../shared/tasks/tuning-task-ids";
import type { SeedRun } from "./comparison-data";
import type { EsftSettings } from "./recipe";
import type { BaseScores } from "./score-base";

/** The inputs of a fine-tuning on a task. */
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
  trains: "all" | "random" | { rank: number } | ChosenExperts;
  /** Experts of a group, where it tunes a coarser model. */
  groups?: number;
}

/** The experts that cover a share p of a score, none for 0, and what is trained besides. */
interface ChosenExperts extends Pick<SelectOptions, "sharedExperts" | "nonExpertModules"> {
  score: "token" | "gate";
  p: number;
}

/** The part of a base model that a method trains. */
export function tuningOf({ trains }: Method, run: TuningRun): TuningMethod {
  const { settings, scores, task, seed } = run;
  if (trains === "all") return { kind: "full" };
  if (typeof trains === "object" && "rank" in trains)
    return { kind: "lora", rank: trains.rank, alpha: 2 * trains.rank };
  const { score, p, ...parts }: ChosenExperts =
    trains === "random" ? { score: "token", p: settings.tokenP } : trains;
  const { token, gate } = scores.find((text) => text.task === task)!;
  const own = { token: layersOf(token), gate: layersOf(gate) };
  const chosen = { scoreFunction: score, topP: p, zeroMeansNone: true, ...parts };
  const { config } = selectExperts(own, chosen);
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

/** Those that train. */
export type TrainedId = Exclude<MethodId, "vanilla">;

const method = (id: string, name: string, rate: number, trains: Method["trains"]): Method => ({
  id,
  name,
  rate,
  trains,
});

/** The methods of B-3, the untrained model first. */
export function mainMethods(settings: EsftSettings): Method[] {
  const { tokenP, gateP, loraRank, rates, leftOut } = settings;
  const main = (id: TrainedId, trains: Method["trains"]) =>
    method(id, methodNames[id], rates[id].main, trains);
  const all = [
    method("vanilla", methodNames.vanilla, 0, "all"),
    main("full", "all"),
    main("lora", { rank: loraRank }),
    main("esft-token", { score: "token", p: tokenP }),
    main("esft-gate", { score: "gate", p: gateP }),
    main("random", "random"),
  ];
  return all.filter(({ id }) => !leftOut.includes(id));
}

/** Ids of the methods of B-3 that are trained. */
export const trainedIds = (settings: EsftSettings): TrainedId[] =>
  mainMethods(settings).flatMap(({ id, rate }) => (rate > 0 ? [id as TrainedId] : []));

/** A method of B-3 at every rate, the lowest first; empty where it is left out. */
export function atRates(id: TrainedId, settings: EsftSettings): Method[] {
  const own = mainMethods(settings).find((one) => one.id === id);
  if (own === undefined) return [];
  return inOrder([own.rate, ...(settings.ladder ?? settings.rates[id].others)]).map((rate) =>
    rate === own.rate ? own : { ...own, id: `${id}-${rate}`, name: `${own.name}, ${rate}`, rate },
  );
}

/** The tasks of B-5, B-6 and B-8. */
export const variedTasksOf = ({ tasks, variedTasks }: EsftSettings): readonly TaskId[] =>
  tasks.slice(0, variedTasks);

/** The methods of B-3 at the rates at which only B-4 compares them. */
export const rateMethods = (settings: EsftSettings): Method[] =>
  trainedIds(settings).flatMap((id) => atRates(id, settings).filter((one) => one.id !== id));

const inOrder = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

/** Thresholds and ranks of B-5 in ascending order, those of B-3 included. */
export const sweepsOf = ({ sweepP, tokenP, sweepRanks, loraRank }: EsftSettings) => ({
  thresholds: inOrder([...sweepP, tokenP]),
  ranks: inOrder([...sweepRanks, loraRank]),
});

/** The further methods of B-5. */
export function sweepMethods(settings: EsftSettings): Method[] {
  const { sweepP, sweepRanks, rates, leftOut } = settings;
  const esft = (p: number) =>
    method(thresholdId(p, settings), `ESFT-Token, threshold p = ${p}`, rates["esft-token"].main, {
      score: "token",
      p,
    });
  const lora = (rank: number) =>
    method(rankId(rank, settings), `LoRA, rank ${rank}`, rates.lora.main, { rank });
  const all = [...sweepP.map(esft), ...(leftOut.includes("lora") ? [] : sweepRanks.map(lora))];
  return all.filter(({ id }) => !(id in methodNames));
}

/** The weights that B-6 trains besides the experts of ESFT-Token or instead of them; "all other weights" at FFT's rate. */
export function partMethods({ tokenP, rates }: EsftSettings): Method[] {
  const of = (id: string, name: string, p: number, nonExpertModules = false) =>
    method(id, name, rates[nonExpertModules ? "full" : "esft-token"].main, {
      score: "token",
      p,
      sharedExperts: true,
      nonExpertModules,
    });
  return [
    of("token-shared", "ESFT-Token and shared experts", tokenP),
    of("token-shared-rest", "all but the other experts", tokenP, true),
    of("shared", "shared experts", 0),
    of("shared-rest", "all but routed experts", 0, true),
  ];
}

/** Id of a method on a model with experts in groups. */
export const groupedId = (id: string, groups: number): string =>
  groups === 1 ? id : `${id}-groups-${groups}`;

/** FFT and ESFT-Token, which B-6 and B-8 set others beside. */
export const fullAndEsft = (settings: EsftSettings): Method[] =>
  mainMethods(settings).filter(({ id }) => id === "full" || id === "esft-token");

/** Them, on models with experts in groups of every size. */
export const groupMethods = (settings: EsftSettings): Method[] =>
  settings.groupSizes.flatMap((groups) =>
    fullAndEsft(settings).map(({ id, name, ...own }) => ({
      ...own,
      id: groupedId(id, groups),
      name: `${name}, groups of ${groups}`,
      groups,
    })),
  );

/** The methods whose costs are compared. */
export const timedMethods: readonly string[] = ["full", "lora", "esft-token", "esft-gate"];
