import { existsSync, readdirSync } from "node:fs";
import { library } from "@deepgrain/tsup";
import { packTexts } from "./build/pack-texts";

const studies = "../studies";

/** Worker threads import a study from a module of its own: one for each paper. */
const entriesOfStudies = Object.fromEntries(
  readdirSync(studies)
    .map((paper) => [`study-${paper}`, `${studies}/${paper}/study.ts`])
    .filter(([, path]) => existsSync(path!)),
);

export default library({
  entry: {
    main: "src/main.ts",
    "fed-worker": "src/fedlt/simulation-worker.ts",
    "generation-thread": "src/serve/generation-thread.ts",
    "tokenizer-thread": "src/serve/tokenizer-thread.ts",
    ...entriesOfStudies,
  },
  platform: "node",
  dts: false,
  noExternal: [/^@deepgrain\/(bench|command-line|start|studies|watch)/],
  onSuccess: () => packTexts("dist/texts"),
  banner: { js: "#!/usr/bin/env node" },
});
