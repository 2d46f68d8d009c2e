export { colouredPage, colouredText, type ScoredSteps } from "./coloured-steps";
