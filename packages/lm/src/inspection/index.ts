export { joinHooks } from "./join-hooks";
export { patchActivations } from "./patch-activations";
export { recordActivations } from "./record-activations";
