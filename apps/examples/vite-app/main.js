import { fitLine } from "./fit-line.js";

document.querySelector("output").textContent = fitLine();
