/** @file Iterations of GRPO: every n rounds the reference is replaced, and what gives the rewards may learn from the answers. */
import type { CausalLM } from "@deepgrain/lm";
import type { nn } from "@deepgrain/tensor-gpu";
import { type CheckpointPart, jsonPart } from "@deepgrain/trainer";
import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import type { LogitModel } from "../logps";
import type { Answer } from "./rollouts";

/** How a training is divided into iterations. */
export interface IterationOptions {
  /** Rounds of sampling per iteration, at least 1. */
  rounds: number;
  /** Whether the reference takes over the policy's weights as an iteration begins. Default true where there is a `reference`. */
  replaceReference?: boolean | undefined;
  /**
   * Called between iterations with all answers of the last one, before the next samples; `RewardLearner.learn` retrains a
   * reward model here.
   */
  learn?: ((answers: readonly Answer[], iteration: number) => Promise<void>) | undefined;
}

/** @throws {AlignError} `ERR_RANGE` for rounds; `ERR_ARGUMENT` for a reference that cannot be replaced */
export function checkIterations(
  iterations: IterationOptions,
  { reference, lora }: { reference?: LogitModel | undefined; lora?: unknown },
): void {
  const {
    rounds,
    learn: _,
    replaceReference = reference !== undefined,
    ...rest
  } = optionsOf("grpo", iterations);
  refuseUnknown("grpo", rest);
  whole("grpo", "iterations.rounds", rounds, { min: 1 });
  if (replaceReference && (!reference || !("namedParameters" in reference) || lora))
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/grpo: iterations.replaceReference needs a reference that is a second model, and a policy without lora",
    );
}

/** State of an iteration; plain data. */
interface IterationState {
  /** Iterations that have begun. */
  begun: number;
  /** Answers of the current one by round. */
  answers: [round: number, answers: Answer[]][];
}

async function takeOver(reference: nn.Module, policy: CausalLM): Promise<void> {
  const own = new Map(reference.namedParameters());
  for (const [name, parameter] of policy.namedParameters()) {
    const target = own.get(name);
    if (target === undefined)
      throw new AlignError("ERR_ARGUMENT", `align/grpo: the reference has no ${name}`, {
        fields: { name },
      });
    target.set(await parameter.data());
  }
}

/** Begins iterations on time and keeps their answers, also in checkpoints. */
export class Iterations {
  private state: IterationState = { begun: 0, answers: [] };

  constructor(
    private readonly options: IterationOptions,
    private readonly policy: CausalLM,
    private readonly reference: LogitModel | undefined,
  ) {}

  /** To be called before a round is sampled. */
  async before(round: number): Promise<void> {
    const { rounds, learn, replaceReference = this.reference !== undefined } = this.options;
    const iteration = Math.floor(round / rounds);
    if (iteration === this.state.begun) return;
    const answers = this.state.answers.flatMap(([, own]) => own);
    if (replaceReference) await takeOver(this.reference as unknown as nn.Module, this.policy);
    await learn?.(answers, iteration);
    this.state = { begun: iteration, answers: [] };
  }

  /** To be called with a round's answers. */
  after(round: number, answers: readonly Answer[]): void {
    if (!this.options.learn) return;
    const others = this.state.answers.filter(([one]) => one !== round);
    this.state.answers = [...others, [round, [...answers]]];
  }

  /** The answers of the iteration, for checkpoints. */
  get part(): CheckpointPart {
    return jsonPart(
      () => this.state,
      (value) => {
        const { begun, answers } = (value ?? {}) as IterationState;
        if (!Number.isSafeInteger(begun) || !Array.isArray(answers))
          throw new AlignError("ERR_FORMAT", "align/grpo: the checkpoint's iteration is damaged");
        this.state = { begun, answers };
      },
    );
  }
}
