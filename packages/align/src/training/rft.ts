import type { CausalLM, EncodedChat, TrainEvent } from "@deepgrain/lm";
import { AlignError, having, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import { type AcceptOptions, acceptedSamples } from "./accepted";
import { askRewards, type RewardFunction, totalsOf } from "./rewards";
import { type SampleOptions, sampleAnswers } from "./rollouts";
import { type SftConfig, sft } from "./sft";

/** Options of {@link rft}. */
export interface RftConfig
  extends Omit<SampleOptions, "seed" | "signal" | "groupSize">,
    AcceptOptions {
  /** Scores answers; those that reach `threshold` are kept. */
  reward: RewardFunction;
  /** Answers to each prompt. Default 8; the paper's k is 100. */
  groupSize?: number | undefined;
  /** Prompts per call of the engine. Default 8. */
  promptsPerCall?: number | undefined;
  /** Rounds of sampling and training. Above 1, later rounds sample from the trained policy (online RFT). Default 1. */
  rounds?: number | undefined;
  /** The training of each round. */
  sft: SftConfig;
  signal?: AbortSignal | undefined;
}

/** An event of {@link rft}. */
export type RftEvent =
  | { type: "sample-end"; round: number; prompts: number; answers: number; accepted: number }
  | { type: "round-start"; round: number; samples: number; reward: number }
  | { type: "round-event"; round: number; event: TrainEvent };

/**
 * Rejection fine-tuning: samples answers to every prompt, keeps those whose reward reaches the threshold, each once per prompt, and
 * fine-tunes on them. It starts from an already fine-tuned policy. Sampling is determined by the weights and `sft.seed`.
 *
 * @param prompts token ids
 * @yields `sample-end` per call of the engine, `round-start` with the mean reward, and the events of the training
 * @throws {AlignError} `ERR_MISSING` without prompts, or where a round accepts no answer; `ERR_ARGUMENT` for several rounds with
 *   checkpoints; as {@link sampleAnswers}, {@link sft}; the signal's reason
 * @see Yuan et al. 2023 (RFT), section 3.3; Shao et al. 2024, section 5.2.1, for the online form
 */
export async function* rft(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: RftConfig,
): AsyncGenerator<RftEvent, void> {
  const {
    rounds = 1,
    promptsPerCall = 8,
    groupSize = 8,
    reward,
    threshold,
    keyOf,
    maxNewTokens,
    temperature,
    eosTokenId,
    engine,
    sft: tuning,
    signal,
    ...rest
  } = optionsOf("rft", config);
  refuseUnknown("rft", rest);
  if (listOf("rft", "prompts", prompts).length === 0)
    throw new AlignError("ERR_MISSING", "align/rft: there are no prompts");
  having("rft", "sft", tuning);
  whole("rft", "rounds", rounds, { min: 1 });
  whole("rft", "promptsPerCall", promptsPerCall, { min: 1 });
  if (rounds > 1 && tuning.checkpoint)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/rft: checkpoints need rounds 1; save between calls",
    );
  const { seed = 0 } = tuning;
  for (let round = 0; round < rounds; round++) {
    const samples: EncodedChat[] = [];
    let [total, answered] = [0, 0];
    for (let at = 0; at < prompts.length; at += promptsPerCall) {
      signal?.throwIfAborted();
      const asked = prompts.slice(at, at + promptsPerCall);
      const options = {
        maxNewTokens,
        temperature,
        eosTokenId,
        engine,
        groupSize,
        seed: [seed, round, at, 3],
        signal,
      };
      const answers = await sampleAnswers(model, asked, options);
      const rewards = totalsOf(await askRewards("rft", reward, answers));
      samples.push(...acceptedSamples(answers, rewards, { threshold, keyOf }));
      total += rewards.reduce((sum, x) => sum + x, 0);
      answered += answers.length;
      const done = at + asked.length;
      yield {
        type: "sample-end",
        round,
        prompts: done,
        answers: answered,
        accepted: samples.length,
      };
    }
    if (samples.length === 0)
      throw new AlignError(
        "ERR_MISSING",
        `align/rft: none of ${answered} answers of round ${round} reached the threshold`,
        { fields: { round, answers: answered } },
      );
    yield { type: "round-start", round, samples: samples.length, reward: total / answered };
    const training = signal ? { ...tuning, signal } : tuning;
    for await (const event of sft(model, samples, training))
      yield { type: "round-event", round, event };
  }
}
