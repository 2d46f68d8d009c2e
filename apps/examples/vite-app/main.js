import { fitLine } from "./fit-line.js";

document.querySelector("output")?.append(fitLine());
