/** @file Doors that commands and pages keep inside, as inside.ts has them. */
// @boundaries-ignore a door inside the application
export { tellUnknownKeys } from "../../../apps/command-line/src/commands/unknown-keys";
// @boundaries-ignore a door inside the application
export { withInputFile } from "../../../apps/command-line/src/files/input-file";
// @boundaries-ignore a door inside the application
export { readLabelledTexts } from "../../../apps/command-line/src/files/labelled-texts";
// @boundaries-ignore a door inside the application
export { readFileRows } from "../../../apps/command-line/src/files/read-file-rows";
// @boundaries-ignore a door inside the application
export { resumeRows } from "../../../apps/command-line/src/files/resumed-rows";
// @boundaries-ignore a door inside the application
export { readKeyRing, readProfileFile } from "../../../apps/command-line/src/files/secret-files";
// @boundaries-ignore a door inside the application
export { textDocuments } from "../../../apps/command-line/src/files/text-documents";
// @boundaries-ignore a door inside the application
export { checkClaim } from "../../../apps/command-line/src/runs/claim-folder";
// @boundaries-ignore a door inside the application
export { writeModelCard } from "../../../apps/command-line/src/runs/model-card";
// @boundaries-ignore a door inside the application
export { ownProcesses } from "../../../apps/command-line/src/runs/own-processes";
// @boundaries-ignore a door inside the application
export { openQueue } from "../../../apps/command-line/src/runs/queue-server";
// @boundaries-ignore what the door takes: a folder
export { runFolder } from "../../../apps/command-line/src/runs/run-folder";
// @boundaries-ignore a door inside the application
export { readRunRecord } from "../../../apps/command-line/src/runs/run-record";
// @boundaries-ignore a door inside the application
export { runStages } from "../../../apps/command-line/src/runs/run-stages";
// @boundaries-ignore a door inside the application
export * as visitorText from "../../../apps/demos/src/mixture/text";
// @boundaries-ignore a door inside the application
export { readTable } from "../../../apps/demos/src/scaling/table";
// @boundaries-ignore a door inside the application
export { openSource as openCompletions } from "../../../apps/trainers/src/coder/completion-source";
// @boundaries-ignore a door inside the application
export { documentRows } from "../../../apps/trainers/src/coder/document-rows";
// @boundaries-ignore a door inside the application
export { packageNameOf, repositoryFiles } from "../../../apps/trainers/src/coder/repository-files";
// @boundaries-ignore a door inside the application
export { rolloutFile } from "../../../apps/trainers/src/coder/rollout-file";
// @boundaries-ignore a door inside the application
export { openTasks } from "../../../apps/trainers/src/coder/task-file";
// @boundaries-ignore a door inside the application
export { compareStudy } from "../../../apps/trainers/src/compare/compare-study";
// @boundaries-ignore a door inside the application
export { clientLine } from "../../../apps/trainers/src/fedlt/client-line";
// @boundaries-ignore a door inside the application
export { endpointSource } from "../../../apps/trainers/src/lm/endpoint-source";
// @boundaries-ignore a door inside the application
export { evaluate } from "../../../apps/trainers/src/lm/evaluate";
// @boundaries-ignore a door inside the application
export { exportRuns } from "../../../apps/trainers/src/runs/export";
// @boundaries-ignore a door inside the application
export { fitOf, runsOf } from "../../../apps/trainers/src/scaling-laws/read-runs";
// @boundaries-ignore what a page shows of what the door reads
export { pageSections } from "../../../apps/watch/src/draw-sections";
// @boundaries-ignore a door inside the application
export { watchRuns } from "../../../apps/watch/src/watched-runs";
// @boundaries-ignore what a sandbox reads of its child
export { checkAnswer } from "../../../packages/coder/src/python/check-answer";
// @boundaries-ignore a door inside the package
export { joinLink } from "../../../packages/fedlt/src/federation/links/join-link";
// @boundaries-ignore writes keys, for a door of the package
export { createCredentials } from "../../../packages/fedlt/src/federation/nats/credentials";
// @boundaries-ignore a door inside the package
export { folderJournal } from "../../../packages/fedlt/src/federation/node/folder-journal";
// @boundaries-ignore a door inside the package
export { personalFolder } from "../../../packages/fedlt/src/federation/node/personal-folder";
// @boundaries-ignore a door inside the package
export { greeter } from "../../../packages/fedlt/src/federation/websocket/greeting";
// @boundaries-ignore a door of a package of another layer
export { runStudy } from "../../../packages/lab/src/run/run-study";
// @boundaries-ignore a door inside the package
export { loadStepRewardModel } from "../../../packages/prm/src/lm/reward-files";
// @boundaries-ignore a door inside the package
export { openSource } from "../../../packages/tensor-gpu/src/files/open-source";
// @boundaries-ignore a door of a package of another layer
export { restoreCheckpoint } from "../../../packages/trainer/src/checkpoint/checkpoint";
// @boundaries-ignore a door of a package of another layer
export { listCheckpoints } from "../../../packages/trainer/src/checkpoint/folders";
// @boundaries-ignore what a checkpoint has
export { jsonPart } from "../../../packages/trainer/src/checkpoint/part";
