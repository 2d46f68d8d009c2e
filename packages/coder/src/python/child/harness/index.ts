import { names } from "./names";
import { needs } from "./needs";
import { programSide } from "./program-side";
import { proxies } from "./proxies";
import { testsSide } from "./tests-side";
import { values } from "./values";

/** The source of the module of Python that an interpreter has beside programs and tests. */
export const harness: string = [values, programSide, proxies, names, needs, testsSide].join("\n");
