export { gpt2Pattern } from "./count-pre-tokens";
export { type TrainBpeEvent, type TrainBpeOptions, trainBpe, trainBpeEvents } from "./train-bpe";
