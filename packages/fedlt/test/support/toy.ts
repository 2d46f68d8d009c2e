import {
  createClassifier,
  createTrainer,
  type Dataset,
  drawNormal,
  type EvaluateModel,
  evaluateClassifier,
  type LocalTrain,
  mlpEncoder,
  type NamedTensors,
  type PersonalModels,
  redGrape,
  stream,
} from "./all";

/** Clients of the toy federation. */
export const toyClients = ["a", "b", "c", "d"];
export const toyLocal = { lr: 0.1, momentum: 0.9, epochs: 1, batchSize: 8 };
export const toyEncoder = mlpEncoder([4, 8]);

/** Three clouds of points; class 2 is rare, and clients c and d have none of it. */
export function toyData(clientId: string, size = 32): Dataset {
  const random = stream(7, "toy", clientId);
  const classes = clientId === "c" || clientId === "d" ? 2 : 3;
  const labels = Int32Array.from({ length: size }, (_, i) =>
    i % 8 === 0 && classes === 3 ? 2 : i % 2,
  );
  const inputs = new Float32Array(size * 4);
  labels.forEach((label, row) => {
    for (let i = 0; i < 4; i++) inputs[row * 4 + i] = drawNormal(random) + (i === label ? 3 : 0);
  });
  return { inputs, labels, width: 4, classes: 3 };
}

const cache = new Map<string, Dataset>();

/** The clients' training, with a place for personal models. */
export const toyTrainer = (personal?: PersonalModels): LocalTrain =>
  createTrainer({
    encoder: toyEncoder,
    personal,
    data: (clientId) => {
      const data = cache.get(clientId) ?? toyData(clientId);
      cache.set(clientId, data);
      return data;
    },
  });

export const toyTrain = toyTrainer();

export const toyInitial = (seed = 1): Promise<NamedTensors> =>
  createClassifier(toyEncoder, { classes: 3, seed, twoHeads: true });

const test = toyData("test", 96);

export const toyEvaluate: EvaluateModel = async (params) => {
  const { accuracy, tail } = await evaluateClassifier(toyEncoder, params, test);
  return { accuracy, tail };
};

/** RedGrape with the toy settings. */
export const toyStrategy = redGrape({ local: toyLocal, threshold: 4 });
