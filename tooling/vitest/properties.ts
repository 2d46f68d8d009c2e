/**
 * @file Properties draw the same cases in every run, so that a test run judges the change and not the draw. With
 * `DEEPGRAIN_PROPERTY_RUNS=N` each draws N fresh cases instead.
 */
import { configureGlobal } from "fast-check";

const fresh = Number(process.env.DEEPGRAIN_PROPERTY_RUNS ?? 0);
configureGlobal(fresh > 0 ? { numRuns: fresh } : { seed: 1 });
