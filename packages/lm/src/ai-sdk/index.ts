export { deepgrain } from "./deepgrain";
