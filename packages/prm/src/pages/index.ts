export { colouredPage, colouredText } from "./coloured-steps";
