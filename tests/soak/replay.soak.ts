// Every way in which the work of a session reaches the trunk, on all real sessions.
process.env["AGENT_TRACE_TEST_SOAK"] = "1";
await import("../workflows/provenance/replay.test.ts");

export {};
