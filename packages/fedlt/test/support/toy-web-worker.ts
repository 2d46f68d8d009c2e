/** @file A web worker that trains the toy clients. */
import { serveTrain, workerTrain } from "../../src/federation/workers";
import { toyTrain } from "./toy";

serveTrain(workerTrain(toyTrain));
