/** Reads an answer as if whoever sends it meant well: the control for what a client of ours takes. */
export const taken: unknown = await (await fetch(process.argv[2] ?? "")).json();
