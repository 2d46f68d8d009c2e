import { workerTrain } from "../../src/federation/workers";
import { toyTrain } from "./toy";

export const train = workerTrain(toyTrain);
