import {
  type ExpertConfig,
  type ExpertScores,
  freezeExcept,
  saveAdapter,
  selectExperts,
  selectRandomExperts,
} from "@deepgrain/esft";
import { attachLora, type CausalLM, createRandom, saveLora, saveModel } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import type { EsftSettings } from "./recipe";
import { type BaseScores, layersOf } from "./score-base";
import { type TaskId, taskIds } from "./tasks";

/** One way to fine-tune, made ready on a model. */
export interface PreparedMethod {
  /** The trained experts by layer, where single ones are. */
  experts: Record<string, readonly number[]> | null;
  /** Stores what was trained. @returns bytes of tensor data */
  store(folder: string): Promise<number>;
}

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
  /** Freezes what is not trained. */
  prepare(model: CausalLM, input: MethodInput): PreparedMethod;
}

const bytesOf = (parameters: number): number => 4 * parameters;

/** Nothing is frozen, but a task of one kind has no use for balancing. */
function prepareFull(model: CausalLM): PreparedMethod {
  for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
  return {
    experts: null,
    async store(folder) {
      await saveModel(folder, model);
      return bytesOf(model.parameters().reduce((sum, { size }) => sum + size, 0));
    },
  };
}

const prepareLora =
  (rank: number): Method["prepare"] =>
  (model, { seed }) => {
    for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
    const lora = attachLora(model, { rank, alpha: 2 * rank, generator: new Generator(seed) });
    return {
      experts: null,
      async store(folder) {
        return (await saveLora(folder, await lora.read())).dataBytes;
      },
    };
  };

function prepareExperts(model: CausalLM, config: ExpertConfig): PreparedMethod {
  freezeExcept(model, config);
  return {
    experts: Object.fromEntries(config.experts),
    store: async (folder) => (await saveAdapter(folder, model, config)).dataBytes,
  };
}

function scoresOf({ scores, task }: MethodInput): ExpertScores {
  const { token, gate } = scores.find((text) => text.task === task)!;
  return { token: layersOf(token), gate: layersOf(gate) };
}

const selected = (input: MethodInput, scoreFunction: "token" | "gate", topP: number) =>
  selectExperts(scoresOf(input), { scoreFunction, topP }).config;

/** As many experts in each layer as ESFT-Token trains, drawn anew for each seed and task. */
function randomExperts(input: MethodInput): ExpertConfig {
  const { settings, task, seed } = input;
  const like = selected(input, "token", settings.tokenP);
  const random = createRandom([seed, taskIds.indexOf(task)]).next;
  return selectRandomExperts(like, settings.experts, { random });
}

const expertMethod = (
  id: string,
  name: string,
  rate: number,
  choose: (input: MethodInput) => ExpertConfig,
): Method => ({
  id,
  name,
  rate,
  prepare: (model, input) => prepareExperts(model, choose(input)),
});

/** Id of ESFT-Token with a threshold. */
export const thresholdId = (p: number, { tokenP }: EsftSettings): string =>
  p === tokenP ? "esft-token" : `token-${p}`;

/** Id of LoRA with a rank. */
export const rankId = (rank: number, { loraRank }: EsftSettings): string =>
  rank === loraRank ? "lora" : `lora-${rank}`;

/** The methods of B-3, the untrained model first. */
export function mainMethods(settings: EsftSettings): Method[] {
  const { tokenP, gateP, loraRank, fullRate, loraRate, expertRate } = settings;
  return [
    { id: "vanilla", name: "before", rate: 0, prepare: prepareFull },
    { id: "full", name: "FFT", rate: fullRate, prepare: prepareFull },
    { id: "lora", name: "LoRA", rate: loraRate, prepare: prepareLora(loraRank) },
    expertMethod("esft-token", "ESFT-Token", expertRate, (input) =>
      selected(input, "token", tokenP),
    ),
    expertMethod("esft-gate", "ESFT-Gate", expertRate, (input) => selected(input, "gate", gateP)),
    expertMethod("random", "random experts", expertRate, randomExperts),
  ];
}

/** The further methods of B-5. */
export function sweepMethods(settings: EsftSettings): Method[] {
  const { sweepP, sweepRanks, tokenP, loraRank, loraRate, expertRate } = settings;
  return [
    ...sweepP
      .filter((p) => p !== tokenP)
      .map((p) =>
        expertMethod(thresholdId(p, settings), `ESFT-Token, p = ${p}`, expertRate, (input) =>
          selected(input, "token", p),
        ),
      ),
    ...sweepRanks
      .filter((rank) => rank !== loraRank)
      .map((rank) => ({
        id: rankId(rank, settings),
        name: `LoRA, rank ${rank}`,
        rate: loraRate,
        prepare: prepareLora(rank),
      })),
  ];
}

/** The methods whose costs are compared. */
export const timedMethods: readonly string[] = ["full", "lora", "esft-token", "esft-gate"];
