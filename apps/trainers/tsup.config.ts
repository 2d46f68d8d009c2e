import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    main: "src/main.ts",
    // Worker threads import a study from a module of its own.
    "study-deepseek-moe": "src/papers/deepseek-moe/study.ts",
    "study-deepseek-llm": "src/papers/deepseek-llm/sweep/study.ts",
    "study-preferences": "src/papers/dpo/study.ts",
    "study-preferences-tuning": "src/papers/dpo/tuning.ts",
    "study-esft": "src/papers/esft/study.ts",
    "study-renode": "src/papers/renode/study.ts",
    "fed-worker": "src/papers/redgrape/simulation-worker.ts",
    "study-redgrape": "src/papers/redgrape/study.ts",
    "study-redgrape-tuning": "src/papers/redgrape/tuning.ts",
    "study-math-shepherd": "src/papers/math-shepherd/study.ts",
    "study-label-words": "src/papers/label-words/study.ts",
    "study-fine-purify": "src/papers/fine-purify/study.ts",
  },
  platform: "node",
  dts: false,
  noExternal: ["@deepgrain/bench"],
  banner: { js: "#!/usr/bin/env node" },
});
