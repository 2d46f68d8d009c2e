export { joinHooks } from "./join-hooks";
export { type PatchPlace, patchActivations } from "./patch-activations";
export { type RecordedActivations, recordActivations } from "./record-activations";
