import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import {
  annotateFlags,
  evaluateFlags,
  gradeFlags,
  scoreFlags,
  searchFlags,
  stepPpoFlags,
  trainFlags,
  verifyFlags,
} from "./flags";

export const prm = defineGroup(
  "Process reward models: label steps automatically, train on them, choose among solutions, and learn from scores.",
  {
    annotate: defineCommand({
      summary: "label the steps of solutions by sampling completions from them",
      description:
        "Labels the steps of solutions by how often completions from them reach the right answer. Results are kept in a journal, so a stopped or killed run resumes where it was.",
      examples: [
        "prm annotate --in solutions.jsonl --endpoint http://localhost:8000/v1 --endpoint-model NAME --plan",
        "prm annotate --in solutions.jsonl --endpoint http://localhost:8000/v1 --endpoint-model NAME --out run --token-budget 5000000",
        "prm annotate --in solutions.jsonl --model DIR --out run --queue start --workers 2",
      ],
      flags: annotateFlags,
      isComputing: true,
      run: async (...call) => (await import("./annotate")).annotate(...call),
    }),
    train: defineCommand({
      summary: "train a process or outcome reward model on labelled steps",
      description:
        "Trains a reward model on labelled steps: a process reward model on every step, or an outcome reward model on the answers.",
      examples: [
        "prm train --model DIR --data run/labels.jsonl --out judge --steps 500 --lr 1e-5",
        "prm train --model DIR --data math-shepherd.jsonl --form math-shepherd --out judge --head tag --loss vocabulary",
        "prm train --model DIR --data rated.jsonl --form trl --out judge --head three",
      ],
      flags: trainFlags,
      isTraining: true,
      run: async (...call) => (await import("./train")).train(...call),
    }),
    score: defineCommand({
      summary: "print solutions with their steps coloured by score",
      description:
        "Scores the steps of solutions and prints them coloured by score, from red through yellow to green, in the terminal or as a page.",
      examples: [
        'prm score --scorer judge --problem "What is 2 + 3?" --solution "2 + 3 = 5"',
        "prm score --scorer judge --in solutions.jsonl --html scored.html",
        "prm score --scorer-endpoint http://localhost:8000/v1 --scorer-model NAME --scorer-kind judge --in solutions.jsonl",
      ],
      flags: scoreFlags,
      isComputing: true,
      run: async (...call) => (await import("./score")).score(...call),
    }),
    grade: defineCommand({
      summary: "grade answers against references by the rules of GSM8K, MATH or PRM800K",
      description:
        "Grades answers: rows of id, completion, gold and format become rows of id, extracted and correct. Malformed rows are noted with their line and counted.",
      examples: ["prm grade --completions rows.jsonl --out out.jsonl"],
      flags: gradeFlags,
      run: async (...call) => (await import("./grade")).grade(...call),
    }),
    verify: defineCommand({
      summary: "answer problems by a vote over scored samples",
      description:
        "Answers problems: samples solutions, scores their steps, and takes the answer whose solutions have the most weight. Without a scorer, the most frequent answer wins. Results are written to --out as they arrive; the same command resumes where it was.",
      examples: [
        'prm verify --problem "What is 2 + 3?" --endpoint http://localhost:8000/v1 --endpoint-model NAME',
        "prm verify --in problems.jsonl --model DIR --scorer judge --n 16 --out verified.jsonl",
      ],
      flags: verifyFlags,
      isComputing: true,
      run: async (...call) => (await import("./verify")).verify(...call),
    }),
    search: defineCommand({
      summary: "answer problems by beam search or DVTS over steps",
      description:
        "Answers problems by searching over steps: at each step it writes and scores several continuations and keeps the best.",
      examples: [
        'prm search --problem "What is 2 + 3?" --model DIR --scorer judge --n 16 --width 4',
        "prm search --in problems.jsonl --model DIR --scorer judge --method dvts --out found.jsonl",
      ],
      flags: searchFlags,
      isComputing: true,
      run: async (...call) => (await import("./search")).search(...call),
    }),
    ppo: defineCommand({
      summary: "train a model with the scores of its steps as rewards",
      description:
        "Trains a model by step-wise PPO: each step of an answer earns the score that a process reward model gives it. With an outcome reward model the whole answer earns one score.",
      examples: [
        "prm ppo --model DIR --reward-model judge --data problems.jsonl --out tuned --lora-rank 8",
        "prm ppo --model DIR --reward-model judge --data problems.jsonl --out tuned --kl 0.04 --credit centred",
      ],
      flags: stepPpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./ppo")).ppo(...call),
    }),
    evaluate: defineCommand({
      summary:
        "measure a reward model: first errors (ProcessBench), calibration, shift to outcomes",
      description:
        "Measures a reward model on labelled steps: accuracy, calibration, how often the last step has the lowest score, and on ProcessBench rows the F1 of first errors.",
      examples: [
        "prm evaluate --scorer judge --in gsm8k.jsonl --form process-bench",
        "prm evaluate --scorer judge --in run/labels.jsonl --json",
      ],
      flags: evaluateFlags,
      isComputing: true,
      run: async (...call) => (await import("./evaluate")).evaluate(...call),
    }),
  },
);
