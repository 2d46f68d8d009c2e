export { type OptionNames, optionChecker } from "./option-checker";
