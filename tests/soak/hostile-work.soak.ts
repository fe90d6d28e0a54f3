// 20,000 short histories of people, agents and git at once; says which line was claimed that nobody's agent wrote.
process.env["AGENT_TRACE_TEST_SOAK"] = "1";
await import("../workflows/provenance/hostile-work.test.ts");

export {};
