"use client";

import { useEffect, useState } from "react";
import { fitLine } from "./fit-line";

/** Trains in the visitor's browser once the page is there. */
export function FittedLine() {
  const [line, setLine] = useState("training …");
  useEffect(() => setLine(fitLine()), []);
  return <output>{line}</output>;
}
