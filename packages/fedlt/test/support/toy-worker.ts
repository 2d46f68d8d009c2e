import { workerTrain } from "../../src/workers";
import { toyTrain } from "./toy";

export const train = workerTrain(toyTrain);
