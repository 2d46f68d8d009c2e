/**
 * The options of annotation, training and verification as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `createAnswerChecker`: `rules` are its `format`. */
  answers: {
    rules: {
      kind: "choice",
      words: ["gsm8k", "math", "prm800k"],
      default: "gsm8k",
      help: "Rules by which answers are read and compared",
    },
    marker: { kind: "text", help: "Text before an answer; that of --rules by default" },
  },
  /** Of `annotate`. */
  annotation: {
    n: { kind: "whole", min: 1, default: 8, help: "Completions per step" },
    mode: {
      kind: "choice",
      words: ["hard", "soft"],
      default: "hard",
      help: "Label of a step: 1 if completions from it reach the answer, or the share that do",
    },
    threshold: {
      kind: "real",
      min: 0,
      below: 1,
      default: 0,
      help: "Share of correct completions above which a hard label is 1",
    },
    strategy: {
      kind: "choice",
      words: ["linear", "binary"],
      default: "linear",
      help: "Estimate every step, or find the first error by binary search",
    },
    earlyStop: { kind: "switch", help: "Stop a step's completions at the first hit" },
    dropAfterFirstError: {
      kind: "switch",
      help: "Skip all steps after the first with value 0",
    },
    seed: { kind: "whole", default: 0, help: "Same seed, same completions" },
  },
  /** Of `plan`, beside those of an annotation. */
  plan: {
    workers: {
      kind: "whole",
      default: 1,
      help: "Number of workers, for the plan and, with --queue, to run here; 0 leaves the work to others",
    },
    tokensPerSecond: {
      kind: "real",
      above: 0,
      default: 1000,
      help: "Generated tokens per second of one worker, for the plan",
    },
    promptPrice: {
      kind: "real",
      default: 0,
      help: "Price of a million prompt tokens, for the plan",
    },
    completionPrice: {
      kind: "real",
      default: 0,
      help: "Price of a million generated tokens, for the plan",
    },
  },
  /** Of `openAiCompleter`: where it asks. */
  endpoint: {
    endpoint: {
      kind: "text",
      hint: "url",
      help: "OpenAI-compatible endpoint up to its version, such as http://localhost:8000/v1 (vLLM, llama.cpp's server, Ollama)",
    },
    endpointModel: { kind: "text", help: "Name of the model there" },
    chat: {
      kind: "switch",
      help: "Use the endpoint's chat completions instead of text completions",
    },
    apiKeyVariable: {
      kind: "text",
      help: "Environment variable with the endpoint's key; no key by default",
    },
  },
  /** Of completers, ledgers and gates: what they ask for, and how fast. `maxNewTokens` is a completer's `maxTokens`, `tokenBudget` a ledger's. */
  completions: {
    temperature: {
      kind: "real",
      default: 0.8,
      help: "Sampling temperature; 0 takes the likeliest token",
    },
    maxNewTokens: {
      kind: "whole",
      min: 1,
      default: 512,
      help: "Maximum tokens per completion",
    },
    tokenBudget: {
      kind: "whole",
      min: 1,
      help: "Budget of prompt and completion tokens, never exceeded: a request beyond it is not sent; unlimited by default",
    },
    concurrency: {
      kind: "whole",
      min: 1,
      default: 8,
      help: "Maximum number of concurrent requests",
    },
    completionsPerRequest: {
      kind: "whole",
      min: 1,
      default: 1,
      help: "Completions per request to --endpoint, which bills their prompt once; --plan shows the saving",
    },
    retries: {
      kind: "whole",
      default: 5,
      help: "Retries of a failed request; a 429 with Retry-After does not count",
    },
    timeout: {
      kind: "real",
      min: 0.001,
      default: 120,
      help: "Time limit of a request in seconds",
    },
    requestsPerMinute: {
      kind: "real",
      above: 0,
      help: "Maximum requests per minute; unlimited by default",
    },
  },
  /** Of `vllmScorer`, or of `generativeScorer` where `scorerKind` is `judge`. */
  scorer: {
    scorerKind: {
      kind: "choice",
      words: ["reward", "judge"],
      default: "reward",
      help: "What is at --scorer-endpoint: a reward model behind vLLM, or a judge that writes, whose probability of yes is the score and whose chat completions must have log-probabilities",
    },
    scorerEndpoint: {
      kind: "text",
      hint: "url",
      help: "Server of the scorer, instead of --scorer: vLLM's address without version, or for --scorer-kind judge an OpenAI-compatible endpoint up to its version",
    },
    scorerModel: { kind: "text", help: "Name of the model there" },
    stepTag: {
      kind: "text",
      default: "<extra_0>",
      help: "Text that ends a step at the endpoint",
    },
  },
  /** Of `aggregate`. */
  aggregation: {
    aggregation: {
      kind: "choice",
      words: ["last", "min", "product", "mean"],
      default: "last",
      help: "Score of a solution: last suits models trained on completions, product those trained on verdicts",
    },
  },
  /** Of `verify`. */
  verification: {
    n: { kind: "whole", min: 1, default: 8, help: "Solutions per problem" },
    method: {
      kind: "choice",
      words: ["weighted", "majority", "best-of-n"],
      help: "How to choose the answer; by default weighted with a scorer, majority without one",
    },
  },
  /** Of `beamSearch` and `dvts`. */
  search: {
    method: {
      kind: "choice",
      words: ["beam", "dvts"],
      default: "beam",
      help: "Whether all beams compete, or stay in separate subtrees",
    },
    n: {
      kind: "whole",
      min: 1,
      default: 16,
      help: "Number of solutions in progress, a multiple of --width",
    },
    width: { kind: "whole", min: 1, default: 4, help: "Continuations per beam" },
    maxSteps: { kind: "whole", min: 1, default: 40, help: "Maximum steps per solution" },
    lookahead: {
      kind: "whole",
      default: 0,
      help: "Extra steps to write only for scoring",
    },
    separator: {
      kind: "text",
      default: "\\n",
      help: "Text that ends a step, with \\n for a line break",
    },
  },
  /** Of `parseLabelledRow`. */
  rows: {
    form: {
      kind: "choice",
      words: ["labels", "math-shepherd", "trl", "process-bench"],
      default: "labels",
      help: "Format of the rows; labels: as prm annotate writes them",
    },
  },
  /** Of `evaluateScorer`. */
  evaluation: {
    threshold: {
      kind: "real",
      max: 1,
      default: 0.5,
      help: "Score below which a step counts as wrong",
    },
    bins: { kind: "whole", min: 1, default: 10, help: "Bins of the reliability curve" },
  },
  /** Of `trainingSamples`, `stepHead` and `trainStepRewards`. */
  training: {
    target: {
      kind: "choice",
      words: ["process", "outcome"],
      default: "process",
      help: "Learn the label of every step, or only of the answer",
    },
    head: {
      kind: "choice",
      words: ["value", "likelihood", "classes", "mlp", "three", "tag"],
      default: "value",
      help: "Head: one value per step, the same plus the step's surprisal, two classes, two classes after a hidden layer, three classes (bad, neutral, good), or two of the model's own tokens",
    },
    neutral: {
      kind: "choice",
      words: ["good", "bad"],
      default: "good",
      help: "Side on which --head three counts neutral steps in a score",
    },
    good: { kind: "text", default: "+", help: "Token of good steps, for --head tag" },
    bad: { kind: "text", default: "-", help: "Token of bad steps, for --head tag" },
    tag: {
      kind: "text",
      help: "Text after each step at whose token the step is scored, such as ' ки'; by default steps are tokenised separately and end with a line break",
    },
    loss: {
      kind: "choice",
      words: ["pair", "vocabulary"],
      default: "pair",
      help: "Cross-entropy of good against bad, or, with --head tag, over all tokens",
    },
    average: {
      kind: "choice",
      words: ["solution", "step"],
      default: "solution",
      help: "Mean over the steps of a solution first, as in the paper, or over all steps, as in TRL",
    },
  },
  /** Of step-wise PPO: what a move is and what a step earns. */
  credit: {
    moves: {
      kind: "choice",
      words: ["tokens", "step-ends", "steps"],
      default: "tokens",
      help: "What counts as a move: a token, a token with the discount only at the ends of steps, or a whole step",
    },
    credit: {
      kind: "choice",
      words: ["sum", "centred", "difference", "min"],
      default: "sum",
      help: "Reward of a step: its score as in the paper, minus one half, minus the previous score, or the change of the lowest; with the last three, longer solutions do not earn more",
    },
    maxSteps: { kind: "whole", min: 1, help: "Steps beyond this number earn nothing" },
    repeatPenalty: {
      kind: "real",
      default: 0,
      help: "Penalty for a step that repeats an earlier one",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
