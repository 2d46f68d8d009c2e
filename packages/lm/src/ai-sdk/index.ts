export { type DeepgrainOptions, deepgrain } from "./deepgrain";
