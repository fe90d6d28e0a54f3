// Kills at every step of an exchange and of an append, fifty appenders with gc, and sixty runs through breaking requests.
process.env["AGENT_TRACE_TEST_SOAK"] = "1";
await import("../service/append-kill.test.ts");
await import("../sync/fail-points.test.ts");
await import("../sync/fault-rates.test.ts");
await import("../sync/many-machines.test.ts");

export {};
