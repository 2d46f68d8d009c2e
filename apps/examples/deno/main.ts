// Marks a text while it is written, and finds the mark again.
import { createSampler, createWatermark, type KgwProfile } from "@deepgrain/watermark";

const profile: KgwProfile = { scheme: "kgw", vocab_size: 1000, bias: 4 };
const watermark = createWatermark(profile, "00112233445566778899aabbccddeeff");
const sampler = createSampler(watermark.createProcessor(), { random: Math.random });
for (let i = 0; i < 200; i++) sampler.next(new Float32Array(1000)); // your model's logits

const { verdict, pValue } = watermark.detect(sampler.ids);
console.log(verdict, pValue < 1e-6);
