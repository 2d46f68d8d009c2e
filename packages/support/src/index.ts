export { type Budget, type BudgetKind, type BudgetLimits, budgets } from "./budget/budget";
export {
  type ErrorClass,
  type ErrorDetails,
  errorClass,
  type PackageError,
} from "./errors/error-class";
export { problemOf } from "./errors/problem-of";
export { onAbort } from "./event-loop/on-abort";
export { atOnce, inSlices, type Slices } from "./event-loop/slices";
export { nextTurn, takeTurn } from "./event-loop/take-turn";
export { argumentGuards } from "./guards/argument-guards";
export { type Bounds, guards, inWords, isWithin, shown } from "./guards/guards";
export { type RunningSha256, runningSha256 } from "./hashes/sha256";
export type { OptionField, OptionFields } from "./options/field";
export { nearestName } from "./options/nearest-name";
export { type OptionNames, optionChecker } from "./options/option-checker";
export { pickOptions } from "./options/pick-options";
export { unknownCheck } from "./options/refuse-unknown";
export { passAtK } from "./statistics/pass-at-k";
export { terminalText } from "./text/terminal-text";
