/** The least that a compiled program can do. */
import { writeSync } from "node:fs";

writeSync(1, "agent-trace 0.0.0\n");
