import { renodeWeights } from "@deepgrain/renode";
import { fromGraph, trainingWeights, trainNodes, trainToEnd } from "@deepgrain/renode/gnn";
import { UndirectedGraph } from "graphology";

// Zachary's karate club: each member's friends with a higher number.
const friends =
  "1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31|2 3 7 13 17 19 21 30|3 7 8 9 13 27 28 32|7 12 13|6 10|6 10 16|16||30 32 33|33||||" +
  "33|32 33|32 33|||32 33|33|32 33||32 33|25 27 29 32 33|25 27 31|31|29 33|33|31 33|32 33|32 33|32 33|33|";
const sides = [..."0000000001000011001010111111111111"].map(Number);
const club = new UndirectedGraph();
const lists = friends.split("|").map((list) => list.split(" ").filter(Boolean));
for (const member of lists.keys()) club.addNode(member, { label: sides[member] });
for (const [member, list] of lists.entries())
  for (const friend of list) club.addEdge(member, friend);

const weigh = (...labelled) => renodeWeights(club, { getNodeTrain: new Set(labelled.map(String)) });
console.log(weigh(0, 4, 8, 14, 31, 33)[8]); // 0.8454915028125263: it has friends on both sides
console.log(weigh(0, 4, 7, 14, 31, 33)[7]); // what its label weighs at another member

const labels = { getNodeTrain: new Set(["0", "4", "8", "14", "31", "33"]) };
const data = fromGraph(club, { ...labels, getNodeFeatures: null });
const nodeWeights = trainingWeights(data, data.split.train);
const options = { model: "gcn", hidden: 16, lr: 0.02, maxEpochs: 100, random: () => 0.5 };
const { test } = await trainToEnd(trainNodes(data, { ...options, nodeWeights }));
console.log(test.accuracy > 0.8); // true
