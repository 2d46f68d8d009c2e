export { type OptionNames, optionChecker } from "./option-checker";
export { pickOptions } from "./pick-options";
