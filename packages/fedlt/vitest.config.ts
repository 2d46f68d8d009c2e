import { config } from "@deepgrain/vitest";
import { chromium, sayIfChromiumIsMissing } from "@deepgrain/vitest/chromium";

sayIfChromiumIsMissing();

export default { ...config, test: { ...config.test, provide: { chromium } } };
