/** @file Runs the slow study in a folder and prints what happens, a line of JSON per event. */
import { runStudy } from "@deepgrain/lab";
import { slow } from "./slow-study.mjs";

const [folder, settings = "{}"] = process.argv.slice(2);
const options = { folder, seeds: [1, 2], settings: { ...slow.settings, ...JSON.parse(settings) } };
for await (const event of runStudy(slow, options)) console.log(JSON.stringify(event));
